/** The broker's own totals as its vhosts tell them. Pure. */
import type { Queue, Totals } from '../model/broker.ts';
import type { Reading } from './reading.ts';

/** Null: the overview is younger, or they do not tell. A figure that one of them does not tell is unknown. */
export function toldTotals(r: Reading, queues: readonly Queue[]): Totals | null {
  const { value, failed, askedAt } = r.vhosts;
  if (failed || value === null || (askedAt ?? 0) < (r.overview.askedAt ?? 0)) return null;
  const counted = value.flatMap(({ totals }) => totals ?? []);
  if (counted.length < value.length) return null;
  // Of a vhost without a queue nothing is counted; where there are some, nothing was counted yet.
  const used = new Set(queues.map((q) => q.vhost));
  const known = value.flatMap(({ name, totals }) =>
    totals && (totals.total !== null || used.has(name)) ? [totals] : [],
  );
  if (known.length === 0) return null;
  const sum = (figure: keyof Totals) =>
    known.reduce<number | null>((all, t) => (all === null || t[figure] === null ? null : all + t[figure]), 0);
  return {
    ready: sum('ready'),
    unacked: sum('unacked'),
    total: sum('total'),
    publish: round(sum('publish')),
    deliver: round(sum('deliver')),
    ack: round(sum('ack')),
    redeliver: round(sum('redeliver')),
  };
}

/** The broker rounds a rate to a tenth too; a sum of them is none any more. */
const round = (rate: number | null) => (rate === null ? null : Math.round(rate * 10) / 10);
