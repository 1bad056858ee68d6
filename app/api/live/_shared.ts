/**
 * Viewers with the same rights share one state, and one encoding of it: a hundred of them cost what one costs. Those who
 * were sent the same before share the change too.
 */
import type { LiveState } from '@/lib/model/live.ts';
import { changeBetween } from '@/lib/model/live-change.ts';
import { createWholeOf } from '@/lib/model/live-whole.ts';

/** A whole event, as the bytes that every viewer is sent. */
type Frame = Uint8Array;

/** How long a state is shared; the status corner in it is as old. */
const SHARE_MS = 500;

interface One {
  at: number;
  of: string;
  state: LiveState;
  /** Its encodings, by what the viewer was sent before. */
  whole: Frame | null;
  changes: WeakMap<LiveState, Frame>;
}

export interface Present {
  /** Changes when the picture does. */
  of: string;
  state: () => LiveState;
}

export function createShared(
  read: (vhosts: readonly string[]) => Present,
  clock: () => number = () => performance.now(),
): (vhosts: readonly string[], sent: LiveState | null) => { frame: Frame; state: LiveState } {
  const byScope = new Map<string, One>();
  const wholeOf = createWholeOf();

  function present(vhosts: readonly string[]): One {
    const scope = vhosts.toSorted().join('\u0000');
    const now = clock();
    const { of, state } = read(vhosts);
    const known = byScope.get(scope);
    if (known && known.of === of && now - known.at < SHARE_MS) return known;
    for (const [other, { at }] of byScope) if (now - at >= SHARE_MS) byScope.delete(other);
    const one: One = { at: now, of, state: state(), whole: null, changes: new WeakMap() };
    byScope.set(scope, one);
    return one;
  }

  function whole(one: One): Frame {
    one.whole ??= frame('live', JSON.stringify(wholeOf(one.state)));
    return one.whole;
  }

  return (vhosts, sent) => {
    const one = present(vhosts);
    if (sent === null) return { frame: whole(one), state: one.state };
    let its = one.changes.get(sent);
    if (!its) {
      const change = changeBetween(sent, one.state);
      its = change ? frame('change', JSON.stringify(change)) : whole(one);
      one.changes.set(sent, its);
    }
    return { frame: its, state: one.state };
  };
}

export function frame(event: string, data: string): Frame {
  return new TextEncoder().encode(`event: ${event}\ndata: ${data}\n\n`);
}
