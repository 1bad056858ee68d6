/**
 * Sends spans by OTLP/HTTP as JSON with gzip, one request at a time.
 *
 *   idle ──add()──▶ sending ──2xx, 4xx──▶ idle, or sending the next
 *                      └──429, 5xx, no answer──▶ waiting (1 s, doubling to 30 s, or as Retry-After says) ──▶ sending
 *
 * What waits is bounded; what does not fit, and what is refused or was tried too often, is dropped and counted.
 */
import { gzipSync } from 'node:zlib';
import type { OtlpResourceSpans } from '../journey/otlp.ts';
import { log, wordsOf } from '../log.ts';
import type { Endpoint } from './endpoint.ts';

export interface ExporterOptions {
  endpoint: Endpoint;
  fetch: typeof fetch;
  /** Resolves after `ms`, or at once when the signal aborts. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

interface Batch {
  spans: number;
  content: OtlpResourceSpans[];
}

const MOST_WAITING = 20_000;
const BATCH = 512;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const MOST_TRIES = 12;

export class Exporter {
  readonly #o: ExporterOptions;
  readonly #dropped: Record<string, number> = {};
  readonly #stop = new AbortController();
  #queue: Batch[] = [];
  #waiting = 0;
  #sent = 0;
  #running: Promise<void> | null = null;
  #isTroubled = false;

  constructor(o: ExporterOptions) {
    this.#o = o;
  }

  /** Room for as many spans more. */
  get room(): number {
    return MOST_WAITING - this.#waiting;
  }

  add(content: OtlpResourceSpans): void {
    const spans = content.scopeSpans.reduce((sum, scope) => sum + scope.spans.length, 0);
    if (spans === 0) return;
    if (spans > this.room) {
      this.#drop('too many waiting', spans);
      return;
    }
    this.#waiting += spans;
    const last = this.#queue.at(-1);
    // the first is perhaps on its way
    if (last && this.#queue.length > 1 && last.spans + spans <= BATCH) {
      last.content.push(content);
      last.spans += spans;
    } else this.#queue.push({ spans, content: [content] });
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  counts(): { sent: number; waiting: number; dropped: Record<string, number> } {
    return { sent: this.#sent, waiting: this.#waiting, dropped: { ...this.#dropped } };
  }

  /** Sends what waits, each batch once, for at most `ms`. */
  async stop(ms: number): Promise<void> {
    this.#stop.abort();
    const over = new AbortController();
    await Promise.race([this.#running ?? Promise.resolve(), this.#o.wait(ms, over.signal)]);
    over.abort();
  }

  async #run(): Promise<void> {
    for (let batch = this.#queue[0]; batch; batch = this.#queue[0]) {
      await this.#deliver(batch);
      this.#queue.shift();
      this.#waiting -= batch.spans;
    }
  }

  async #deliver(batch: Batch): Promise<void> {
    const body = gzipSync(JSON.stringify({ resourceSpans: batch.content }));
    let pause = FIRST_WAIT_MS;
    for (let tries = 1; ; tries++) {
      const answer = await this.#post(body);
      if (answer.done) {
        const refused = Math.min(batch.spans, answer.refused ?? batch.spans);
        this.#sent += batch.spans - refused;
        if (refused > 0) this.#drop('refused by the receiver', refused);
        this.#troubled(refused > 0 ? answer.words : null);
        return;
      }
      this.#troubled(answer.words);
      if (this.#stop.signal.aborted || tries === MOST_TRIES) {
        this.#drop(tries === MOST_TRIES ? 'tried too often' : 'stopped', batch.spans);
        return;
      }
      await this.#o.wait(answer.afterMs ?? pause * (0.75 + Math.random() / 2), this.#stop.signal);
      pause = Math.min(2 * pause, LONGEST_WAIT_MS);
    }
  }

  /** `refused` null: all of it. */
  async #post(
    body: Buffer<ArrayBuffer>,
  ): Promise<
    | { done: true; refused: number | null; words: string }
    | { done: false; afterMs: number | null; words: string }
  > {
    const { url, headers, timeoutMs } = this.#o.endpoint;
    try {
      const response = await this.#o.fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'content-encoding': 'gzip' },
        body,
        redirect: 'error',
        cache: 'no-store',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = (await response.text()).slice(0, 10_000);
      const words = `the receiver answered ${response.status}`;
      if (response.ok) return { done: true, refused: refusedIn(text), words: 'the receiver refused some' };
      if (response.status !== 429 && response.status < 500) return { done: true, refused: null, words };
      return { done: false, afterMs: afterMs(response.headers.get('retry-after')), words };
    } catch (error) {
      return { done: false, afterMs: null, words: wordsOf(error) };
    }
  }

  #drop(reason: string, spans: number): void {
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + spans;
  }

  /** Said once when it begins. */
  #troubled(words: string | null): void {
    if (words !== null && !this.#isTroubled) log.warn('Hops cannot be given back', { why: words });
    this.#isTroubled = words !== null;
  }
}

/** Of the answer's partial success; what cannot be read refuses nothing. */
function refusedIn(text: string): number {
  try {
    const answer: { partialSuccess?: { rejectedSpans?: string | number } } | null = JSON.parse(text);
    const refused = Number(answer?.partialSuccess?.rejectedSpans ?? 0);
    return refused > 0 ? Math.floor(refused) : 0;
  } catch {
    return 0;
  }
}

/** Seconds; a date is not read. At most the longest wait. */
function afterMs(header: string | null): number | null {
  const seconds = Number(header ?? Number.NaN);
  return seconds > 0 ? Math.min(1_000 * seconds, LONGEST_WAIT_MS) : null;
}
