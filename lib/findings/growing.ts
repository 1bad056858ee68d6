/**
 * More comes in than its consumers take, for a minute by now. It takes a clear gain to be said, and a falling or level
 * depth to be unsaid, so that a queue at the edge does not blink.
 */
import { queueKey } from '../model/broker.ts';
import type { Point } from '../model/live.ts';
import { counted, deadLetterQueues, gainPerSecond, type Rule, wasSaid, watched } from './rule.ts';

const WINDOW_MS = 60_000;
const MIN_POINTS = 7;
const MIN_DEPTH = 50;
const MIN_GAIN = 30;
const STAYS_GAIN = 5;
/** Of the depth: 100 more on a million is noise. */
const MIN_SHARE = 0.02;

export const growing: Rule = (snapshot, past) => {
  const dead = deadLetterQueues(past);
  return watched(snapshot).flatMap((q) => {
    // A stream grows by nature; a dead-letter queue has its own rule.
    if (!q.consumers || q.ready === null || q.ready < MIN_DEPTH || q.type === 'stream') return [];
    if (dead.has(queueKey(q.vhost, q.name))) return [];
    const trend = trendOf(past.points(q.vhost, q.name, WINDOW_MS));
    if (!trend) return [];
    const starts = trend.gain >= Math.max(MIN_GAIN, q.ready * MIN_SHARE);
    const stays = wasSaid(past, 'growing', q) && trend.gain >= STAYS_GAIN;
    if (!starts && !stays) return [];
    return [
      {
        code: 'growing' as const,
        level: 'warn' as const,
        vhost: q.vhost,
        queue: q.name,
        words: `growing: ${counted(q.consumers, 'consumer')} cannot keep up`,
        figure: gainPerSecond(trend.perSecond),
        since: trend.from,
      },
    ];
  });
};

/** Least squares through the known points, since two ends alone would call any jump a trend. `gain` over the points' span. */
export function trendOf(points: readonly Point[]): { perSecond: number; gain: number; from: number } | null {
  const known = points.flatMap((p) => (p.ready === null ? [] : [{ at: p.at / 1000, ready: p.ready }]));
  const first = known[0];
  const last = known.at(-1);
  if (!first || !last || known.length < MIN_POINTS) return null;
  const meanAt = known.reduce((sum, p) => sum + p.at, 0) / known.length;
  const mean = known.reduce((sum, p) => sum + p.ready, 0) / known.length;
  const over = known.reduce((sum, p) => sum + (p.at - meanAt) * (p.ready - mean), 0);
  const under = known.reduce((sum, p) => sum + (p.at - meanAt) ** 2, 0);
  // A burst that came at once and is being worked off gained much but falls at its end.
  const third = known.slice(-Math.ceil(known.length / 3));
  const falls = last.ready < (third[0]?.ready ?? 0);
  const perSecond = falls ? 0 : over / under;
  return { perSecond, gain: perSecond * (last.at - first.at), from: first.at * 1000 };
}
