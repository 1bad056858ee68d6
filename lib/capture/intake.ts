/**
 * The last door before the store, for facts of the taps and for our own: whether the journey is kept, how much of a body,
 * and what is redacted. Nothing reaches the batch, and so the disk, but through here.
 */
import { kept } from '../journey/sample.ts';
import type { CaptureSettings, Redaction } from '../model/capture.ts';
import type { Fact } from '../model/fact.ts';
import type { Acknowledging, Batch } from './batch.ts';
import { createRedactor, type Redactor } from './redact.ts';
import { bodyBytesOf } from './settings.ts';

/** Journeys of our own acts that are remembered; the longest unseen are forgotten first. */
const TOUCHED = 50_000;
/** Acts of Hoplight's users. What it was merely told (spans) or read is sampled as everything else. */
const actSources: ReadonlySet<Fact['source']> = new Set(['publisher', 'replay']);

export class Intake {
  readonly #batch: Pick<Batch, 'add' | 'drop'>;
  readonly #redactor: Redactor | null;
  readonly #touched = new Set<string>();
  #share = 1;
  /** The first so many bytes of a body are kept; 0: none. */
  bodyBytes = 0;

  constructor(batch: Pick<Batch, 'add' | 'drop'>, redaction: Redaction) {
    this.#batch = batch;
    this.#redactor = createRedactor(redaction);
  }

  /** Holds for the next fact on. */
  use(settings: CaptureSettings): void {
    this.#share = settings.sampling;
    this.bodyBytes = bodyBytesOf(settings);
  }

  /** One event came and is a fact. */
  add(fact: Fact, from: Acknowledging): void {
    if (!this.#kept(fact)) this.#batch.drop('not sampled', from);
    else this.#batch.add(this.#redactor ? this.#redactor.fact(fact) : fact, from);
  }

  /** A fact of our own, whose body was cut by whoever made it. */
  record(fact: Fact, from: Acknowledging): void {
    if (this.#share < 1 && actSources.has(fact.source)) this.#touch(fact.journey);
    this.add(this.#cut(fact), from);
  }

  drop(reason: string, from: Acknowledging): void {
    this.#batch.drop(reason, from);
  }

  /**
   * By the journey's key; and always what an act of ours touched: its receipt must not miss a message. A replay's copies
   * are known by the mark they carry, our own publishes by the fact that tells of them.
   */
  #kept(fact: Fact): boolean {
    return (
      kept(fact.journey, this.#share) || fact.ids.replayId !== undefined || this.#touched.has(fact.journey)
    );
  }

  #touch(journey: string): void {
    this.#touched.delete(journey);
    this.#touched.add(journey);
    if (this.#touched.size <= TOUCHED) return;
    const [oldest] = this.#touched;
    if (oldest !== undefined) this.#touched.delete(oldest);
  }

  #cut(fact: Fact): Fact {
    const body = fact.message?.body;
    if (!fact.message || !body || body.data === null) return fact;
    // four characters of base64 are three bytes
    if (this.bodyBytes > 0 && body.data.length <= 4 * Math.floor(this.bodyBytes / 3)) return fact;
    const bytes = Buffer.from(body.data, 'base64').subarray(0, this.bodyBytes);
    const data = this.bodyBytes === 0 ? null : bytes.toString('base64');
    return {
      ...fact,
      message: { ...fact.message, body: { ...body, data, truncated: bytes.length < body.size } },
    };
  }
}
