/** What the rules share: which queues they look at, and how they say figures. */
import { isOwnQueue, type Queue, queueKey, type Snapshot } from '../model/broker.ts';
import type { Attention, Point } from '../model/live.ts';
import type { Past } from '../model/past.ts';

/** Pure: a snapshot and its past in, what needs a look out. `since` is for the rule to know; null: it cannot. */
export type Rule = (snapshot: Snapshot, past: Past) => Attention[];

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

/** 42.4 → "+42/s", 0.25 → "+0.3/s" */
export function gainPerSecond(n: number): string {
  return `+${n < 10 ? n.toFixed(1) : count(n)}/s`;
}

/** 90000 → "90 s", 310000 → "5 min" */
export function span(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

/** Every queue but our own taps. */
export function watched(snapshot: Snapshot): Queue[] {
  return snapshot.queues.filter((q) => !isOwnQueue(q.name));
}

/** Keys of the queues where dead letters come to rest, those of retry loops not among them. */
export function deadLetterQueues(past: Past): Set<string> {
  return new Set(past.topology.queues.filter((q) => !q.retry).map((q) => queueKey(q.vhost, q.queue)));
}

/** The time of a reading that shows something for the first time; null when nothing was read before it. */
export function sinceNow(snapshot: Snapshot, past: Past, q: Queue): number | null {
  return past.points(q.vhost, q.name, 60_000).length > 1 ? snapshot.readAt : null;
}

export function depth(p: Point): number | null {
  return p.ready === null ? null : p.ready + (p.unacked ?? 0);
}

export function wasSaid(past: Past, code: Attention['code'], q: Queue): boolean {
  return past.previous.some((a) => a.code === code && a.vhost === q.vhost && a.queue === q.name);
}
