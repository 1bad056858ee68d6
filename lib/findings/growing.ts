/**
 * Consumers that do not keep up, as one story: more comes in than they take; they take none of what waits; or a deep queue
 * gets no shallower, so that it is empty in hours, days or never. Not said where it is so at this time on other days too.
 *
 *   grows   a minute's gain of 30 messages and 2 % of the depth   stays said while it gains 5 a minute
 *   idle    nothing delivered for a minute, nothing held          until something is
 *   slow    1,000 or more, 10 min of work, empty in 1 h or more   until it is 5 min of work, or empty within 30 min
 */
import { type Queue, queueKey } from '../model/broker.ts';
import {
  count,
  counted,
  type Found,
  known,
  type Look,
  mean,
  perSecond,
  type QueueRule,
  roughly,
  said,
  span,
  spanOf,
} from './rule.ts';
import { trendOf } from './trend.ts';
import { isUsual } from './usual.ts';

const WINDOW_MS = 60_000;
/** Where the broker is read every 5 s; fewer tell no trend. */
const MIN_POINTS = 7;
const MIN_SPAN_MS = 30_000;
const MIN_DEPTH = 50;
const MIN_GAIN = 30;
const STAYS_GAIN = 5;
/** Of the depth: 100 more on a million is noise. */
const MIN_SHARE = 0.02;

const SLOW_WINDOW_MS = 300_000;
const SLOW_SPAN_MS = 120_000;
const SLOW_DEPTH = 1_000;
/** How long it takes to be empty, and how long the message that comes now waits. */
const SLOW = { drainMs: 3_600_000, waitMs: 600_000 };
const STAYS_SLOW = { drainMs: 1_800_000, waitMs: 300_000 };

export const growing: QueueRule = (q, look) => {
  const before = said(look, q, 'growing');
  if (q.consumers === null) return before ?? null;
  // A stream grows by nature; a dead-letter queue has its own rule.
  if (!q.consumers || q.ready === null || q.type === 'stream') return null;
  if (q.ready < MIN_DEPTH || look.dead.has(queueKey(q.vhost, q.name))) return null;
  const found = growthOf(q, look, before !== undefined) ?? slownessOf(q, look, before !== undefined);
  return found && !isUsual(q, look, before !== undefined) ? found : null;
};

function growthOf(q: Queue, look: Look, stays: boolean): Found | null {
  const points = known(look, q, WINDOW_MS, MIN_POINTS);
  if (points.length < MIN_POINTS || spanOf(points) < MIN_SPAN_MS) return null;
  const trend = trendOf(points);
  if (!trend) return null;
  const consumers = counted(q.consumers ?? 0, 'consumer');
  const [delivered, acked] = [mean(points, 'deliver'), mean(points, 'ack')];
  const grows = trend.gain >= Math.max(MIN_GAIN, (q.ready ?? 0) * MIN_SHARE);
  if (grows || (stays && trend.gain >= STAYS_GAIN))
    return {
      code: 'growing',
      level: 'warn',
      words: `growing: ${consumers} cannot keep up, at this pace it never drains`,
      figure: `+${perSecond(trend.perSecond)}`,
      since: trend.from,
    };
  const still = delivered === 0 && acked === 0 && q.unacked === 0;
  if (still && spanOf(points) >= WINDOW_MS - 10_000)
    return {
      code: 'growing',
      level: 'warn',
      words: `${consumers} took nothing for ${span(WINDOW_MS)} while messages wait`,
      figure: `${count(q.ready ?? 0)} ready`,
      since: points[0]?.at ?? null,
    };
  return null;
}

function slownessOf(q: Queue, look: Look, stays: boolean): Found | null {
  const ready = q.ready ?? 0;
  const limit = stays ? STAYS_SLOW : SLOW;
  // Of a queue that moves fast now, the past need not be read.
  const pace = Math.max(q.rates.ack ?? 0, q.rates.deliver ?? 0);
  if (ready < SLOW_DEPTH || waitOf(ready, pace) < limit.waitMs / 4) return null;
  const points = known(look, q, SLOW_WINDOW_MS, MIN_POINTS);
  if (points.length < MIN_POINTS || spanOf(points) < SLOW_SPAN_MS) return null;
  const trend = trendOf(points);
  // Automatic acks are counted by no rate but that of deliveries.
  const taken = Math.max(mean(points, 'ack') ?? 0, mean(points, 'deliver') ?? 0);
  if (!trend || taken === 0) return null;
  const drainMs = trend.perSecond < 0 ? (ready / -trend.perSecond) * 1000 : Number.POSITIVE_INFINITY;
  const waitMs = waitOf(ready, taken);
  if (drainMs < limit.drainMs || waitMs < limit.waitMs) return null;
  const never = drainMs > NEVER_MS;
  return {
    code: 'growing',
    level: 'warn',
    words: `${counted(q.consumers ?? 0, 'consumer')} cannot catch up: at this pace it ${never ? 'never drains' : `takes ${roughly(drainMs)} to drain`}, and what comes now waits ${roughly(waitMs)}`,
    figure: `${count(ready)} ready`,
    since: points[0]?.at ?? null,
  };
}

/** ms until a message that comes now has its turn. */
function waitOf(ready: number, perSecond: number): number {
  return perSecond === 0 ? Number.POSITIVE_INFINITY : (ready / perSecond) * 1000;
}

/** Nobody waits for that: the fall is noise. */
const NEVER_MS = 30 * 86_400_000;
