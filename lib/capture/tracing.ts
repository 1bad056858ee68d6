/**
 * Keeps the firehose switched on where a tap listens, through the management API. Tracing is off after every restart of
 * the broker, so it is looked at again with each snapshot; what we switched on is switched off again at the end.
 */
import type { ManagementClient } from '../broker/client.ts';
import { isHoplightError } from '../model/errors.ts';

export interface Known {
  /** null: cannot be known */
  on: boolean | null;
  /** Why it is not on and how to mend it; null when it is. */
  words: string | null;
  /** When it was last known to be on, ms since 1970. */
  since: number | null;
}

export interface TracingOptions {
  management: Pick<ManagementClient, 'vhosts' | 'setTracing'>;
  user: string;
  clock: () => number;
  tell: (vhost: string, known: Known) => void;
  /** The vhosts whose tracing we switched on, to be known by the next process if this one is killed. */
  remember: (vhosts: string[]) => void;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Between two tries while the management API does not answer: a broker that comes back is heard within 5 s. */
const AGAIN_MS = 500;

export class Tracing {
  readonly #o: TracingOptions;
  readonly #ours = new Set<string>();
  /** When tracing of a vhost was last seen on. */
  readonly #seenOn = new Map<string, number>();
  readonly #busy = new Map<string, AbortController>();
  readonly #refused = new Map<string, string>();

  constructor(o: TracingOptions) {
    this.#o = o;
  }

  /** From an earlier process that had no time to switch off again. */
  restore(vhosts: readonly string[]): void {
    for (const vhost of vhosts) this.#ours.add(vhost);
  }

  /** A tap listens there: makes sure of tracing, and tries until it knows. */
  ensure(vhost: string): void {
    this.#busy.get(vhost)?.abort();
    const patience = new AbortController();
    this.#busy.set(vhost, patience);
    this.#try(vhost, patience.signal)
      .catch(() => {}) // aborted: another try took over, or the tap is off
      .finally(() => {
        if (this.#busy.get(vhost) === patience) this.#busy.delete(vhost);
      });
  }

  /** `readAt`: when the reading began, ms since 1970; older than our own last look, it is let go. */
  look(vhost: string, flag: boolean | null, readAt: number): void {
    if (flag === null || this.#busy.has(vhost)) return;
    const seen = this.#seenOn.get(vhost) ?? null;
    if (seen !== null && readAt < seen) return;
    if (flag) {
      this.#isOn(vhost, readAt);
      return;
    }
    const refused = this.#refused.get(vhost);
    if (refused !== undefined) return;
    const words = `Tracing of vhost ${vhost} was switched off at the broker, or by its restart.`;
    this.#o.tell(vhost, { on: false, words, since: seen });
    this.ensure(vhost);
  }

  /** The tap of this vhost ends: switches tracing off if we had switched it on. Never throws. */
  async release(vhost: string): Promise<void> {
    this.#busy.get(vhost)?.abort();
    this.#refused.delete(vhost);
    this.#seenOn.delete(vhost);
    if (!this.#ours.has(vhost)) return;
    try {
      await this.#o.management.setTracing(vhost, false);
    } catch {
      return; // still remembered as ours: the next start switches it off when it ends
    }
    this.#ours.delete(vhost);
    this.#o.remember([...this.#ours]);
  }

  async #try(vhost: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      try {
        const flag = await this.#flag(vhost, signal);
        if (flag !== true) await this.#switchOn(vhost);
        signal.throwIfAborted();
        this.#isOn(vhost, this.#o.clock());
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (this.#isRefusal(vhost, error)) return;
        const words = error instanceof Error ? error.message : String(error);
        this.#o.tell(vhost, { on: null, words: `Tracing cannot be switched on yet: ${words}`, since: null });
      }
      await this.#o.wait(AGAIN_MS, signal);
    }
  }

  /** null: this account may not see it. */
  async #flag(vhost: string, signal: AbortSignal): Promise<boolean | null> {
    try {
      return (await this.#o.management.vhosts(signal)).find((v) => v.name === vhost)?.tracing ?? null;
    } catch (error) {
      if (isHoplightError(error) && error.code === 'forbidden') return null;
      throw error;
    }
  }

  async #switchOn(vhost: string): Promise<void> {
    // Remembered before it is done: killed in between, the next process switches off what may be on.
    const before = this.#ours.has(vhost);
    this.#ours.add(vhost);
    this.#o.remember([...this.#ours]);
    try {
      await this.#o.management.setTracing(vhost, true);
    } catch (error) {
      if (!before && isHoplightError(error) && error.code !== 'management_unreachable') {
        this.#ours.delete(vhost);
        this.#o.remember([...this.#ours]);
      }
      throw error;
    }
  }

  #isOn(vhost: string, at: number): void {
    this.#seenOn.set(vhost, Math.max(at, this.#seenOn.get(vhost) ?? 0));
    this.#refused.delete(vhost);
    this.#o.tell(vhost, { on: true, words: null, since: null });
  }

  /** A right is missing: trying again would not help; a trace message or a snapshot may still show that it is on. */
  #isRefusal(vhost: string, error: unknown): boolean {
    if (!isHoplightError(error) || !['forbidden', 'unauthenticated', 'not_found'].includes(error.code))
      return false;
    const words =
      error.code === 'forbidden'
        ? `Tracing of vhost ${vhost} is not known to be on, and ${this.#o.user} may not switch it on: that needs the administrator tag. On the broker, run: rabbitmqctl trace_on -p ${vhost}`
        : `Tracing of vhost ${vhost} cannot be switched on: ${error.message} ${error.more.next ?? ''}`.trim();
    this.#refused.set(vhost, words);
    this.#o.tell(vhost, { on: null, words, since: null });
    return true;
  }
}
