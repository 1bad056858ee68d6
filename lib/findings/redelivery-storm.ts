/**
 * The same messages again and again: over a minute, half of what is delivered was delivered before. A consumer puts them
 * back (nack or reject with requeue), or ends before it acks. Said until it is less than a quarter.
 */
import { type Queue, versionParts } from '../model/broker.ts';
import { counted, known, mean, perSecond, type QueueRule, said, spanOf } from './rule.ts';

const WINDOW_MS = 60_000;
const MIN_POINTS = 4;
const MIN_SPAN_MS = 45_000;
const SHARE = 0.5;
const STAYS_SHARE = 0.25;
/** Messages a second. */
const RATE = 1;
const STAYS_RATE = 0.2;
/** Of the points: one client that ended gives all it held back at once, which is over in a moment. */
const LASTING = 0.8;
/** Of quorum queues since 4.0, returns. */
const DEFAULT_LIMIT = 20;

export const redeliveryStorm: QueueRule = (q, look) => {
  const before = said(look, q, 'redelivery_storm');
  const now = q.rates.redeliver;
  if (!before && (now === null || now < STAYS_RATE)) return null;
  const points = known(look, q, WINDOW_MS, MIN_POINTS).filter(
    (p) => p.redeliver !== null && p.deliver !== null,
  );
  if (points.length === 0) return before ?? null;
  const [again, all] = [mean(points, 'redeliver') ?? 0, mean(points, 'deliver') ?? 0];
  const share = all > 0 ? Math.min(1, again / all) : 0;
  const lasts = points.filter((p) => (p.redeliver ?? 0) > 0).length >= LASTING * points.length;
  const comes =
    share >= SHARE && again >= RATE && lasts && points.length >= MIN_POINTS && spanOf(points) >= MIN_SPAN_MS;
  if (!comes && !(before && share >= STAYS_SHARE && again >= STAYS_RATE)) return null;
  return {
    code: 'redelivery_storm',
    level: 'warn',
    words: `${Math.round(share * 100)} % of deliveries are redeliveries: consumers put messages back or end before the ack. ${endOf(q, look.snapshot.version)}`,
    figure: `${perSecond(again)} again`,
    since: points[0]?.at ?? null,
  };
};

function endOf(q: Queue, version: string): string {
  // 4.0 to 4.2 do not show their default.
  const limit = q.limits.deliveryLimit ?? (versionParts(version).major >= 4 ? DEFAULT_LIMIT : null);
  if (q.type !== 'quorum' || limit === null || limit === -1)
    return 'Nothing ends it: there is no delivery limit';
  return `After ${counted(limit, 'return')} a message is ${q.deadLetter ? 'dead-lettered' : 'dropped'}`;
}
