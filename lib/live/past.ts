/** The past as one line: from the disk, and from the memory what is not written yet. */
import type { Point } from '../model/live.ts';
import { levels, type PastStore, rolledUp, type Slot, type Slots, slotOf } from '../store/past.ts';
import type { History } from './history.ts';

export interface PastLine {
  /** ms of one point */
  step: number;
  /** One for each step from the first that is known, oldest first; null where the broker was not read. */
  points: { at: number; slot: Slot | null }[];
}

/** `name` empty: the vhost as a whole; both empty: the broker. [from, to) in ms since 1970; about `most` points. */
export function pastLine(
  history: History,
  store: Pick<PastStore, 'read'>,
  of: { vhost: string; name: string },
  from: number,
  to: number,
  most: number,
): PastLine {
  const { vhost, name } = of;
  const { step, slots } = store.read(vhost, name, from, to, most);
  const recent =
    name !== '' ? history.queue(vhost, name) : vhost === '' ? history.totals() : history.vhost(vhost);
  const fine: Slots = new Map(
    recent
      .filter((p) => p.at >= from && p.at < to && isRead(p))
      .map((p) => [p.at / levels[0].step, slotOf(p)]),
  );
  for (const [at, slot] of rolledUp(fine, step / levels[0].step)) if (!slots.has(at)) slots.set(at, slot);
  return { step, points: drawn(slots, step) };
}

/** The same time of several vhosts as one; null where one of them was not read. */
export function summed(lines: readonly PastLine[]): PastLine {
  const [first, ...others] = lines;
  if (!first) return { step: levels[0].step, points: [] };
  const slots = new Map(first.points.map((p) => [p.at, p.slot]));
  for (const { points } of others)
    for (const { at, slot } of points) {
      const sum = slots.get(at);
      // a vhost that was not there yet adds nothing
      slots.set(at, sum === undefined ? slot : sum === null || slot === null ? null : plus(sum, slot));
    }
  return {
    step: first.step,
    points: [...slots].sort(([a], [b]) => a - b).map(([at, slot]) => ({ at, slot })),
  };
}

function plus(a: Slot, b: Slot): Slot {
  const sum = (x: number | null, y: number | null) => (x === null || y === null ? null : x + y);
  return {
    n: Math.min(a.n, b.n),
    ready: sum(a.ready, b.ready),
    peak: sum(a.peak, b.peak),
    unacked: sum(a.unacked, b.unacked),
    publish: sum(a.publish, b.publish),
    deliver: sum(a.deliver, b.deliver),
    ack: sum(a.ack, b.ack),
    redeliver: sum(a.redeliver, b.redeliver),
    consumers: sum(a.consumers, b.consumers),
  };
}

function drawn(slots: Slots, step: number): PastLine['points'] {
  const places = [...slots.keys()];
  if (places.length === 0) return [];
  const first = places.reduce((a, b) => Math.min(a, b));
  const last = places.reduce((a, b) => Math.max(a, b));
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    at: (first + i) * step,
    slot: slots.get(first + i) ?? null,
  }));
}

/** The broker's figures are all null where it was not read. */
export function isRead({ at: _at, ...figures }: Point): boolean {
  return Object.values(figures).some((figure) => figure !== null);
}
