/**
 * Where the events of the last minute came from: publishes by exchange, deliveries by queue. Bounded, so that a vhost with
 * very many names costs no more; those beyond the bound are not listed.
 */
import type { CaptureAnswer } from '../model/api.ts';

export type Cost = CaptureAnswer['cost'][number];

const SLOT_MS = 5_000;
const SLOTS = 12;
/** Names counted apart in each slot. */
const NAMES = 2_000;
const SHOWN = 50;

interface Sum {
  events: number;
  bytes: number;
}
interface Slot {
  number: number;
  sums: Map<string, Sum>;
}

export class Costs {
  readonly #since: number;
  #slots: Slot[] = [];

  /** `now` in ms since 1970, here and below */
  constructor(now: number) {
    this.#since = now;
  }

  add(now: number, vhost: string, kind: Cost['kind'], name: string, bytes: number): void {
    const { sums } = this.#slot(now);
    const key = `${vhost}\u0000${kind}\u0000${name}`;
    const sum = sums.get(key);
    if (sum) {
      sum.events++;
      sum.bytes += bytes;
    } else if (sums.size < NAMES) sums.set(key, { events: 1, bytes });
  }

  /** Most events first. Per second over the last minute, or since it began when that is less. */
  read(now: number): Cost[] {
    const first = Math.floor(now / SLOT_MS) - SLOTS;
    const seconds = Math.max(1, Math.min(now - this.#since, now - (first + 1) * SLOT_MS) / 1_000);
    const total = new Map<string, Sum>();
    for (const { number, sums } of this.#slots) {
      if (number <= first) continue;
      for (const [key, { events, bytes }] of sums) {
        const before = total.get(key);
        total.set(key, { events: events + (before?.events ?? 0), bytes: bytes + (before?.bytes ?? 0) });
      }
    }
    return [...total]
      .sort(([, a], [, b]) => b.events - a.events || b.bytes - a.bytes)
      .slice(0, SHOWN)
      .map(([key, { events, bytes }]) => {
        const [vhost = '', kind, name = ''] = key.split('\u0000');
        return {
          vhost,
          kind: kind === 'exchange' ? 'exchange' : 'queue',
          name,
          eventsPerSecond: events / seconds,
          bytesPerSecond: bytes / seconds,
        };
      });
  }

  #slot(now: number): Slot {
    const number = Math.floor(now / SLOT_MS);
    const last = this.#slots.at(-1);
    if (last && last.number >= number) return last;
    const fresh = { number, sums: new Map<string, Sum>() };
    this.#slots = [...this.#slots.filter((slot) => slot.number > number - SLOTS), fresh];
    return fresh;
  }
}
