/**
 * The last 30 minutes in memory: one slot of 5 s after another, in rings. A slot that no reading filled is a gap (null),
 * never 0. Queues that have been empty and idle all along take no memory: their past is 0 wherever the broker was read.
 */
import { type Queue, queueKey, type Snapshot, type Totals } from '../model/broker.ts';
import type { Point } from '../model/live.ts';
import { sumTotals } from './snapshot.ts';

export const SLOT_MS = 5_000;
export const SLOTS = 360;
/** Points of a queue's small depth line: 30 minutes, a minute each. */
const SPARK = 30;
/**
 * 10 KB each: 120 MB where so many queues are busy at once. Beyond, a ring is taken from a queue that has been idle for
 * long, else the queue's past stays unknown, and `unkept` says so.
 */
export const MAX_RINGS = 12_000;
const LONG_IDLE_SLOTS = 60;

const fields = ['ready', 'unacked', 'publish', 'deliver', 'ack', 'redeliver', 'consumers'] as const;
type Figures = Record<(typeof fields)[number], number | null>;

/** Written at rising slots; NaN is unknown. */
class Ring {
  readonly #values = new Float32Array(SLOTS * fields.length).fill(Number.NaN);
  #last = -1;

  write(slot: number, figures: Figures): void {
    this.#forgetUpTo(slot);
    // Ten thousand queues a reading: written out, without a closure each.
    const at = (slot % SLOTS) * fields.length;
    const values = this.#values;
    values[at] = figures.ready ?? Number.NaN;
    values[at + 1] = figures.unacked ?? Number.NaN;
    values[at + 2] = figures.publish ?? Number.NaN;
    values[at + 3] = figures.deliver ?? Number.NaN;
    values[at + 4] = figures.ack ?? Number.NaN;
    values[at + 5] = figures.redeliver ?? Number.NaN;
    values[at + 6] = figures.consumers ?? Number.NaN;
  }

  /** ready and unacked; null: unknown. */
  depth(slot: number): number | null {
    if (slot > this.#last || slot <= this.#last - SLOTS) return null;
    const at = (slot % SLOTS) * fields.length;
    const ready = this.#values[at] ?? Number.NaN;
    const unacked = this.#values[at + 1] ?? Number.NaN;
    return Number.isNaN(ready) ? null : ready + (Number.isNaN(unacked) ? 0 : unacked);
  }

  read(slot: number): Figures | null {
    if (slot > this.#last || slot <= this.#last - SLOTS) return null;
    const at = (slot % SLOTS) * fields.length;
    const value = (i: number) => {
      const v = this.#values[at + i];
      return v === undefined || Number.isNaN(v) ? null : v;
    };
    return {
      ready: value(0),
      unacked: value(1),
      publish: value(2),
      deliver: value(3),
      ack: value(4),
      redeliver: value(5),
      consumers: value(6),
    };
  }

  #forgetUpTo(slot: number): void {
    const from = Math.max(this.#last + 1, slot - SLOTS + 1);
    for (let s = from; s <= slot; s++) {
      const at = (s % SLOTS) * fields.length;
      this.#values.fill(Number.NaN, at, at + fields.length);
    }
    this.#last = Math.max(this.#last, slot);
  }
}

const nothing: Figures = {
  ready: null,
  unacked: null,
  publish: null,
  deliver: null,
  ack: null,
  redeliver: null,
  consumers: null,
};
/** `consumers` is the track's own. */
const idle: Figures = { ready: 0, unacked: 0, publish: 0, deliver: 0, ack: 0, redeliver: 0, consumers: null };

interface Track {
  firstSlot: number;
  lastSlot: number;
  /** The last slot in which it was not empty and idle. */
  busySlot: number;
  /** Of the last reading. A queue that gains or loses one is not idle. */
  consumers: number | null;
  ring: Ring | null;
  /** The small line up to `slot`: it is asked for at each reading and changes once a slot. */
  spark: { slot: number; values: (number | null)[] } | null;
}

export interface History {
  record(snapshot: Snapshot): void;
  /** All that is kept, oldest first, gaps included. */
  totals(): Point[];
  /** Points of at most the last `forMs`; empty for a queue that was never seen. */
  queue(vhost: string, name: string, forMs?: number): Point[];
  /**
   * Depth (ready and unacked) of the last 30 minutes, oldest first: the last known of each minute by the clock, so that
   * all but the last value stay for a minute. Empty for a queue that was never seen, or empty and idle all along.
   */
  spark(vhost: string, name: string): (number | null)[];
  /** A vhost as a whole; a point for each slot of which something is kept, null figures where it had no queue. */
  vhost(vhost: string): Point[];
  /** Queues of the last reading whose past is not kept, since more were busy than there is memory for. */
  unkept(): number;
  /** Every queue and vhost (`name` empty) that has a past here. */
  names(): { vhost: string; name: string }[];
}

/** `most`: queues that are busy at once and have their past kept. */
export function createHistory(most: number = MAX_RINGS): History {
  const all = new Ring();
  const tracks = new Map<string, Track>();
  /** In the order in which they were busy last. */
  const busy = new Set<Track>();
  const vhosts = new Map<string, Ring>();
  /** Slots that a reading filled. */
  const filled = new Set<number>();
  let first = -1;
  let last = -1;
  let unkept = 0;

  function recordQueue(q: Queue, slot: number): void {
    const key = queueKey(q.vhost, q.name);
    const track = tracks.get(key) ?? {
      firstSlot: slot,
      lastSlot: slot,
      busySlot: slot,
      consumers: q.consumers,
      ring: null,
      spark: null,
    };
    tracks.set(key, track);
    const { publish, deliver, ack, redeliver } = q.rates;
    const { ready, unacked } = q;
    const figures = { ready, unacked, publish, deliver, ack, redeliver, consumers: q.consumers };
    const isIdle =
      ready === 0 &&
      unacked === 0 &&
      publish === 0 &&
      deliver === 0 &&
      ack === 0 &&
      redeliver === 0 &&
      q.consumers === track.consumers;
    if (track.ring === null && !isIdle) {
      if (!makeRoom(slot)) {
        unkept++;
        track.firstSlot = slot + 1;
        track.lastSlot = slot;
        return;
      }
      track.ring = new Ring();
      // Until now it was idle at every reading.
      for (let s = Math.max(track.firstSlot, slot - SLOTS + 1); s < slot; s++)
        track.ring.write(s, filled.has(s) ? { ...idle, consumers: track.consumers } : nothing);
    }
    track.lastSlot = slot;
    track.consumers = q.consumers;
    track.ring?.write(slot, figures);
    if (!isIdle) {
      track.busySlot = slot;
      busy.delete(track);
      busy.add(track);
    }
  }

  function recordVhosts(queues: readonly Queue[], slot: number): void {
    for (const [vhost, its] of Map.groupBy(queues, (q) => q.vhost)) {
      const ring = vhosts.get(vhost) ?? new Ring();
      vhosts.set(vhost, ring);
      ring.write(slot, figuresOf(sumTotals(its), consumersOf(its)));
    }
  }

  function makeRoom(slot: number): boolean {
    if (busy.size < most) return true;
    const [oldest] = busy;
    if (!oldest || oldest.busySlot > slot - LONG_IDLE_SLOTS) return false;
    busy.delete(oldest);
    oldest.ring = null;
    oldest.firstSlot = slot + 1;
    return true;
  }

  function at(track: Track, slot: number): Figures {
    if (slot < track.firstSlot || slot > track.lastSlot) return nothing;
    if (track.ring) return track.ring.read(slot) ?? nothing;
    return filled.has(slot) ? { ...idle, consumers: track.consumers } : nothing;
  }

  function depthAt(track: Track, slot: number): number | null {
    if (slot < track.firstSlot || slot > track.lastSlot) return null;
    if (track.ring) return track.ring.depth(slot);
    return filled.has(slot) ? 0 : null;
  }

  function sparkOf(track: Track): (number | null)[] {
    const step = SLOTS / SPARK;
    const values: (number | null)[] = [];
    const over = Math.floor(last / step) * step + step - 1;
    for (let end = over - (SPARK - 1) * step; end <= over; end += step) {
      let depth: number | null = null;
      const start = Math.max(end - step, track.firstSlot - 1);
      for (let s = end; s > start && depth === null; s--) depth = depthAt(track, s);
      values.push(depth);
    }
    return values;
  }

  const pointOf = (slot: number, figures: Figures): Point => ({ at: slot * SLOT_MS, ...figures });

  function span(from: number): number[] {
    if (last < 0) return [];
    const start = Math.max(from, first, last - SLOTS + 1);
    return Array.from({ length: Math.max(0, last - start + 1) }, (_, i) => start + i);
  }

  return {
    record(snapshot) {
      const slot = Math.floor(snapshot.readAt / SLOT_MS);
      if (slot < last) return; // the clock was set back: wait until it has caught up
      if (first < 0) first = slot;
      last = slot;
      filled.add(slot);
      for (const s of filled) if (s <= slot - SLOTS) filled.delete(s);
      all.write(slot, figuresOf(snapshot.totals, consumersOf(snapshot.queues)));
      recordVhosts(snapshot.queues, slot);
      unkept = 0;
      for (const q of snapshot.queues) recordQueue(q, slot);
      for (const [key, track] of tracks)
        if (track.lastSlot <= slot - SLOTS) {
          tracks.delete(key);
          busy.delete(track);
        }
    },
    vhost: (vhost) => span(first).map((s) => pointOf(s, vhosts.get(vhost)?.read(s) ?? nothing)),
    unkept: () => unkept,
    names: () => [
      ...[...vhosts.keys()].map((vhost) => ({ vhost, name: '' })),
      ...[...tracks.keys()].map((key) => {
        const [vhost = '', name = ''] = key.split('\u0000');
        return { vhost, name };
      }),
    ],
    totals: () => span(first).map((s) => pointOf(s, all.read(s) ?? nothing)),
    queue(vhost, name, forMs = SLOTS * SLOT_MS) {
      const track = tracks.get(queueKey(vhost, name));
      if (!track) return [];
      const from = Math.max(last - Math.ceil(forMs / SLOT_MS) + 1, track.firstSlot);
      return span(from).map((s) => pointOf(s, at(track, s)));
    },
    spark(vhost, name) {
      const track = tracks.get(queueKey(vhost, name));
      if (!track) return [];
      // at rest since it was first seen; one for which no room was left is unknown instead
      if (!track.ring && track.firstSlot <= track.lastSlot) return [];
      if (track.spark?.slot !== last) track.spark = { slot: last, values: sparkOf(track) };
      return track.spark.values;
    },
  };
}

/** Null as soon as one is unknown. */
function consumersOf(queues: readonly Queue[]): number | null {
  return queues.reduce<number | null>(
    (sum, q) => (sum === null || q.consumers === null ? null : sum + q.consumers),
    0,
  );
}

function figuresOf(t: Totals, consumers: number | null): Figures {
  return {
    ready: t.ready,
    unacked: t.unacked,
    publish: t.publish,
    deliver: t.deliver,
    ack: t.ack,
    redeliver: t.redeliver,
    consumers,
  };
}
