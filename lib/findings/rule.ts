/** What the rules share: what they look at, how one asks what was said before, and how they say figures. */
import {
  type Consumer,
  type GoneConsumer,
  isOwnQueue,
  type Queue,
  queueKey,
  type Snapshot,
} from '../model/broker.ts';
import type { Attention, Point } from '../model/live.ts';
import type { Past } from '../model/past.ts';

/** A snapshot and its past, with what more than one rule asks of them: worked out once for ten thousand queues. */
export interface Look {
  snapshot: Snapshot;
  past: Past;
  /** ms since 1970 */
  now: number;
  /** Every queue but our own taps. */
  queues: readonly Queue[];
  /** Keys of the queues where dead letters come to rest, those of retry loops not among them. */
  dead: ReadonlySet<string>;
  /** Keys of queues that are part of a retry loop. */
  retry: ReadonlySet<string>;
  /** The depth of no queue at all is known: said in `missing`, not of each. */
  blind(): boolean;
  /** What was said of a queue after the reading before. */
  before(q: Queue): readonly Attention[];
  consumers(q: Queue): readonly Consumer[];
  /** Newest first. */
  gone(q: Queue): readonly GoneConsumer[];
}

/** Pure: what needs a look about the broker or a node. */
export type BrokerRule = (look: Look) => Attention[];

/**
 * Pure: whether one queue needs a look, and why. It takes more to be said than to stay said, so that nothing blinks.
 * `since` is for the rule to know; null: it cannot.
 */
export type QueueRule = (q: Queue, look: Look) => Found | null;

/** An attention without its queue. */
export type Found = Omit<Attention, 'vhost' | 'queue'>;

export function lookAt(snapshot: Snapshot, past: Past): Look {
  const before = Map.groupBy(past.previous, (a) => queueKey(a.vhost, a.queue));
  const { queues: receiving } = past.topology;
  const consumers = once(() => Map.groupBy(snapshot.consumers, (c) => queueKey(c.vhost, c.queue)));
  const gone = once(() => Map.groupBy(past.gone, (g) => queueKey(g.vhost, g.queue)));
  return {
    snapshot,
    past,
    now: snapshot.readAt,
    queues: snapshot.queues.filter((q) => !isOwnQueue(q.name)),
    dead: new Set(receiving.filter((q) => !q.retry).map((q) => queueKey(q.vhost, q.queue))),
    retry: new Set(receiving.filter((q) => q.retry).map((q) => queueKey(q.vhost, q.queue))),
    blind: once(() => snapshot.queues.every((q) => q.total === null)),
    before: (q) => (before.size === 0 ? nothing : (before.get(queueKey(q.vhost, q.name)) ?? nothing)),
    consumers: (q) => consumers().get(queueKey(q.vhost, q.name)) ?? nothing,
    gone: (q) => (past.gone.length === 0 ? nothing : (gone().get(queueKey(q.vhost, q.name)) ?? nothing)),
  };
}

const nothing: readonly never[] = [];

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** What was said of this queue after the reading before; undefined: nothing of the kind. */
export function said(look: Look, q: Queue, code: Attention['code']): Attention | undefined {
  return look.before(q).find((a) => a.code === code);
}

/**
 * The known points of the last `forMs`. Where the broker is read so seldom that these are fewer than `least`, the last
 * `least` of the last ten minutes.
 */
export function known(look: Look, q: Queue, forMs: number, least: number): Point[] {
  const isKnown = (p: Point) => p.ready !== null;
  const near = look.past.points(q.vhost, q.name, forMs).filter(isKnown);
  return near.length >= least
    ? near
    : look.past.points(q.vhost, q.name, SELDOM_MS).filter(isKnown).slice(-least);
}
const SELDOM_MS = 600_000;

/** From the first to the last, ms. */
export function spanOf(points: readonly Point[]): number {
  return (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0);
}

/** The mean of what is known; null: nothing is. */
export function mean(
  points: readonly Point[],
  figure: 'publish' | 'deliver' | 'ack' | 'redeliver',
): number | null {
  let sum = 0;
  let n = 0;
  for (const p of points) {
    const value = p[figure];
    if (value === null) continue;
    sum += value;
    n++;
  }
  return n === 0 ? null : sum / n;
}

/** The time of a reading that shows something for the first time; null when nothing was read before it. */
export function sinceNow(look: Look, q: Queue): number | null {
  if (look.before(q).length > 0) return look.now; // it was read before
  return look.past.points(q.vhost, q.name, 60_000).length > 1 ? look.now : null;
}

/** Ready and unacked; null: unknown. */
export function depth(p: Point): number | null {
  return p.ready === null ? null : p.ready + (p.unacked ?? 0);
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 12480 → "12,480" */
export function count(n: number): string {
  return whole.format(n);
}

export function counted(n: number, one: string): string {
  return `${count(n)} ${n === 1 ? one : `${one}s`}`;
}

/** 310 → "+310" */
export function change(n: number): string {
  return `+${count(n)}`;
}

/** 42.4 → "42/s", 0.25 → "0.3/s" */
export function perSecond(n: number): string {
  return `${n < 10 ? n.toFixed(1) : count(n)}/s`;
}

/** 90000 → "90 s", 310000 → "5 min" */
export function span(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

/** As a person would guess it: 5_600_000 → "1 h 30 min", 40_000_000 → "11 h", 400_000_000 → "5 days". */
export function roughly(ms: number): string {
  const minutes = Math.round(ms / 600_000) * 10;
  if (minutes < 60) return `${Math.max(1, minutes)} min`;
  if (minutes < 180) return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`;
  const hours = Math.round(ms / 3_600_000);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
