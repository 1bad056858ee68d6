/** Opens the queue of a job for one round after the other, over one connection that is made anew when it went. */
import type { AmqpConnection } from '../amqp/connection.ts';
import type { Plan, ReplayRequest } from '../model/replay.ts';
import { type Actor, connectForReading, DEFAULT_WINDOW, type ReplayDeps } from './deps.ts';
import { openSource } from './open-source.ts';
import { untilBack } from './put-back.ts';
import { refuseUnreadable, requireQueue, rulesOf } from './queue-facts.ts';
import { type LetterSource, windowFor } from './source.ts';
import type { Lives } from './survey.ts';

export interface Opening {
  id: string;
  vhost: string;
  queue: string;
  request: ReplayRequest;
  /** Messages that lay there at the plan. */
  frozen: number;
  plan: Pick<Plan, 'offsets'>;
  /** It ran before: a connection that it had then may have ended a moment ago. */
  resumed?: boolean;
}

export class Opener {
  readonly #d: ReplayDeps;
  readonly #actor: Actor;
  readonly #job: Opening;
  readonly #lives: Lives;
  #connection: AmqpConnection | null = null;
  /** A connection of this job ended, its consumer and what it held with it. */
  #resumed: boolean;
  /** Messages that the round before put back: they may be on their way still. */
  #onTheWay = 0;
  /** Opened before the job began, so that whoever starts it is told at once what is in the way. */
  #first: LetterSource | null = null;

  constructor(d: ReplayDeps, lives: Lives, actor: Actor, job: Opening) {
    this.#d = d;
    this.#lives = lives;
    this.#actor = actor;
    this.#job = job;
    this.#resumed = job.resumed ?? false;
  }

  /** Throws HoplightError: the queue is gone, somebody consumes from it, or the broker cannot be reached. */
  async prepare(): Promise<void> {
    const window = 2 * (this.#d.window ?? DEFAULT_WINDOW);
    const few = this.#job.request.canary?.messages ?? window;
    this.#first = await this.#open(Math.min(few, window));
  }

  /** `ahead`: how many messages to read beyond those that are dealt with. Throws like `prepare`. */
  async open(ahead: number): Promise<LetterSource> {
    const first = this.#first;
    this.#first = null;
    if (first) return first;
    const { vhost, queue } = this.#job;
    const known = requireQueue(this.#d.snapshot(), vhost, queue);
    refuseUnreadable(queue, rulesOf(known.snapshot, known.queue, this.#lives.spent(vhost, queue)));
    if (this.#onTheWay > 0 && this.#connection?.status().state === 'open')
      await untilBack(this.#connection, queue, this.#onTheWay);
    return this.#open(ahead);
  }

  /** A round put messages back: where that costs a life, all have one less. */
  putBack(messages: number): void {
    const { vhost, queue } = this.#job;
    this.#onTheWay = messages;
    const spent = this.#lives.spent(vhost, queue);
    if (spent !== null && messages > 0) this.#lives.note(vhost, queue, spent + 1);
  }

  async close(): Promise<void> {
    await this.#connection?.close();
  }

  async #open(ahead: number): Promise<LetterSource> {
    const { id, vhost, queue: name, request, frozen, plan } = this.#job;
    const { snapshot, queue } = requireQueue(this.#d.snapshot(), vhost, name);
    if (!this.#connection || this.#connection.status().state === 'closed') {
      this.#resumed ||= this.#connection !== null;
      this.#connection = await connectForReading(
        this.#d,
        this.#actor,
        vhost,
        `hoplight: replay ${id}, source`,
      );
    }
    return openSource(this.#connection, snapshot, queue, {
      exclusive: true,
      resumed: this.#resumed,
      // in order: what a round puts back must go back together, see `Run`
      window: request.select.kind === 'all' && !request.keepOrder ? ahead : windowFor(frozen + ahead, queue),
      ...(plan.offsets ? { from: plan.offsets.first, to: plan.offsets.last } : {}),
    });
  }
}
