/**
 * A worker thread that is started again when it ends without having been asked to.
 *
 *   idle ──start()──▶ running ──exit──▶ waiting (0.2 s, doubling to 10 s) ──▶ running
 *                        └──stop()──▶ stopped
 *
 * A worker that ran for a minute is taken for healthy: the next wait is the shortest again.
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { log, wordsOf } from '../log.ts';
import { addCounts, closedCounts, emptyCounts } from './counts.ts';
import type { FromWorker, ToWorker, WorkerStart, WorkerStatus } from './protocol.ts';

export type StartWorker = (start: WorkerStart) => Worker;

/** The bundler knows a worker by exactly this expression. */
const startWorker: StartWorker = (workerData) =>
  new Worker(new URL('./worker.ts', import.meta.url), { workerData });

export interface SupervisedOptions {
  start: Omit<WorkerStart, 'pause'>;
  clock: () => number;
  hear: (message: FromWorker) => void;
  /** How many of our own facts, up to that record, the next worker gets again. */
  kept: (taken: number) => number;
  startWorker?: StartWorker | undefined;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;
const HEALTHY_MS = 60_000;
const STOP_MS = 5_000;

export class Supervised {
  readonly #o: SupervisedOptions;
  #worker: Worker | null = null;
  #status: WorkerStatus;
  #before = emptyCounts;
  #wait = FIRST_WAIT_MS;
  #startedAt: number;
  #stopping = false;
  #again: NodeJS.Timeout | null = null;
  /** Since when it is as it is, ms since 1970. */
  since: number;

  constructor(o: SupervisedOptions) {
    this.#o = o;
    this.#startedAt = o.clock();
    this.since = this.#startedAt;
    this.#status = this.#blank('The capture worker is starting.');
  }

  start(): void {
    this.#run('Hoplight was not running.');
  }

  send(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  /** What the worker said last, with what the workers before it counted. */
  status(): WorkerStatus {
    return { ...this.#status, counts: addCounts(this.#before, this.#status.counts) };
  }

  /** `last` runs while the worker still listens; then it stores what it has and ends, or is ended after 5 s. */
  async stop(last: () => Promise<void>): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    if (this.#again) clearTimeout(this.#again);
    const worker = this.#worker;
    if (!worker) return;
    const patience = new AbortController();
    const late = delay(STOP_MS, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([last(), late]);
    const gone = once(worker, 'exit');
    this.send({ type: 'stop' });
    await Promise.race([gone, late]);
    patience.abort();
    await worker.terminate();
    this.#worker = null;
  }

  #run(pause: string): void {
    const worker = (this.#o.startWorker ?? startWorker)({ ...this.#o.start, pause });
    let reason = '';
    this.#worker = worker;
    this.#startedAt = this.#o.clock();
    this.since = this.#startedAt;
    worker.on('message', (message: FromWorker) => {
      if (this.#worker !== worker) return;
      if (message.type === 'status') this.#status = message.status;
      this.#o.hear(message);
    });
    worker.on('error', (error) => {
      reason = wordsOf(error);
    });
    worker.on('exit', (code) => {
      if (this.#worker === worker && !this.#stopping) this.#died(reason || `exit code ${code}`);
    });
  }

  #died(reason: string): void {
    const { counts, taken } = this.#status;
    const words = `The capture worker ended unexpectedly (${reason}) and was started again.`;
    log.error('the capture worker ended and is started again', { reason, inMs: this.#wait });
    this.#worker = null;
    this.since = this.#o.clock();
    this.#before = addCounts(this.#before, closedCounts(counts, this.#o.kept(taken)));
    const { store } = this.#status;
    this.#status = { ...this.#blank(words), store: { ...store, ok: false, words } };
    if (this.#o.clock() - this.#startedAt > HEALTHY_MS) this.#wait = FIRST_WAIT_MS;
    this.#again = setTimeout(() => this.#run(words), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }

  #blank(words: string): WorkerStatus {
    const { limitBytes } = this.#o.start.config.store;
    return {
      taps: [],
      counts: emptyCounts,
      store: { facts: 0, bytes: 0, limitBytes, segments: 0, oldestAt: null, ok: false, words },
      amqp: { state: 'closed', since: this.since, reason: words },
      cost: [],
      events: [],
      taken: 0,
      recorded: 0,
    };
  }
}
