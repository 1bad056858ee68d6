/**
 * Which copy of a message a consumer's span can be about, by when replays sent the copies. The tap's times are of arrival and
 * may be seconds late; when a replay sent its copy is known exactly, and the one before it lay dead by then.
 *
 *   original delivered ✕ dead ······ replay 1 ─▶ copy 1 delivered ✕ dead ······ replay 2 ─▶ copy 2
 *   └── spans of the original ──────┘└── spans of copy 1 ────────────────────┘└── of copy 2 …
 */
import type { Fact } from '../model/fact.ts';
import type { Span } from '../model/span.ts';
import { messageOf } from './summary.ts';

/** A service's clock may be behind ours by so much. */
const BEHIND_MS = 2_000;

export class Epochs {
  /** By message: when each of its copies was sent, oldest first. */
  readonly #replays = new Map<string, { replayId: string; at: number }[]>();

  constructor(facts: readonly Fact[]) {
    for (const fact of facts) {
      const { replayId } = fact.ids;
      if (fact.kind !== 'replayed' || replayId === undefined) continue;
      const list = this.#replays.get(messageOf(fact));
      if (list) list.push({ replayId, at: fact.at });
      else this.#replays.set(messageOf(fact), [{ replayId, at: fact.at }]);
    }
    for (const list of this.#replays.values()) list.sort((a, b) => a.at - b.at);
  }

  /** The deliveries out of the time in which the span began; all of them where none is. */
  of(deliveries: readonly Fact[], span: Span): readonly Fact[] {
    if (this.#replays.size === 0 || deliveries.length < 2) return deliveries;
    const found = deliveries.filter((fact) => this.#has(fact, span.startAt));
    return found.length > 0 ? found : deliveries;
  }

  #has(delivery: Fact, startAt: number): boolean {
    const replays = this.#replays.get(messageOf(delivery)) ?? [];
    const own = replays.findIndex((r) => r.replayId === delivery.ids.replayId);
    const sent = replays[own];
    // of a copy whose sending is not known nothing can be said
    if (delivery.ids.replayId !== undefined && !sent) return true;
    const next = replays[own + 1];
    return (!sent || startAt >= sent.at - BEHIND_MS) && (!next || startAt < next.at);
  }
}
