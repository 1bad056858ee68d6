/**
 * When facts of a vhost may be missing. One open gap at most:
 *
 *   uncovered ──────────────── covered ──────────────── uncovered
 *    gap open, reason kept      gap closed               new gap from the moment of the loss
 *
 * Covered: the tap consumes and tracing is known to be on. Gaps outlive the process: one found open is gone on with.
 */
import type { Gap } from '../model/fact.ts';

export interface CoverageStart {
  vhost: string;
  /** The gap of this vhost that an earlier process left open. */
  open: Gap | null;
  /** Until when an earlier process listened, and why it does not any more; null in a new store. */
  lastAlive: { at: number; words: string } | null;
  now: number;
  put: (gap: Gap) => void;
}

export class Coverage {
  readonly #vhost: string;
  readonly #put: (gap: Gap) => void;
  #gap: Gap | null;

  constructor(start: CoverageStart) {
    this.#vhost = start.vhost;
    this.#put = start.put;
    this.#gap = start.open;
    if (this.#gap) return;
    const { lastAlive } = start;
    if (lastAlive) this.#open('not-running', Math.min(lastAlive.at, start.now), lastAlive.words);
    else this.#open('tap-off', start.now, 'The tap was not on yet.');
  }

  covered(): boolean {
    return this.#gap === null;
  }

  /** The tap listens from now on. */
  begin(now: number): void {
    if (!this.#gap) return;
    this.#put({ ...this.#gap, to: Math.max(now, this.#gap.from) });
    this.#gap = null;
  }

  /** The tap does not listen since `from`; while a gap is open, only its reason is kept up to date. */
  end(from: number, reason: string): void {
    if (!this.#gap) this.#open('tap-off', from, reason);
    else if (this.#gap.kind === 'tap-off' && this.#gap.reason !== reason) {
      this.#gap = { ...this.#gap, reason };
      this.#put(this.#gap);
    }
  }

  /** Events were lost while it listened. */
  lost(from: number, to: number, reason: string): void {
    this.#put({
      id: `${this.#vhost} dropped ${from}`,
      vhost: this.#vhost,
      from,
      to,
      kind: 'dropped',
      reason,
      missing: null,
    });
  }

  #open(kind: 'tap-off' | 'not-running', from: number, reason: string): void {
    this.#gap = {
      id: `${this.#vhost} ${kind} ${from}`,
      vhost: this.#vhost,
      from,
      to: null,
      kind,
      reason,
      missing: null,
    };
    this.#put(this.#gap);
  }
}
