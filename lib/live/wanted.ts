/**
 * How often each part is wanted, and how seldom it may be asked for where all together would cost too much: what the
 * pacer works with. Pure but for the costs that it asks for.
 */
import type { Pacer, PartPace } from './pace.ts';
import { needsLists, type PartName, type Reading } from './reading.ts';

/** Pace of what rarely changes: exchanges, bindings, policies. */
export const TOPOLOGY_MS = 10_000;
/** Pace of the question who we are: tags may be given or taken while we run. */
const WHO_MS = 30_000;
/** No figure is older than this by our choice; where that costs more than the share, it is said. */
const MOST_MS = 30_000;
/** Version, cluster, ports: the totals come with the vhosts, which cost a broker with 10,000 queues a tenth of it. */
const OVERVIEW_MOST_MS = 60_000;
/** The list of queues where the metrics tell the figures: a policy's new definition shows at the latest then. */
const SELDOM_MS = 600_000;
/** Bytes, utilisation and idle times where the metrics tell the rest, and the list of all queues is to be had for less. */
const MORE_MS = 60_000;
const MORE_MOST_MS = 180_000;
const BEARABLE_MS = 150;
/** A broker brings its metrics up to date each 5 s: at 2 s between readings, this is that. */
const METRICS_PACES = 2.5;
/** A first answer counts only when it is far above: it may have waited. */
export const SURELY_DEAR = 4;

export interface Wants {
  pollMs: number;
  /** What all parts may cost together, in parts of the time. */
  share: number;
  /** ms of an answer from which on the list of queues is dear. */
  dearMs: number;
}

export function wantedPaces(
  r: Reading,
  { pollMs, share, dearMs }: Wants,
  pacer: Pacer<PartName>,
): Map<PartName, PartPace> {
  const dear = r.pace.dearSince !== null;
  const lists = needsLists(r);
  const cost = (name: PartName) => pacer.costOf(name) ?? 0;
  /** ms, with which a part takes no more than this part of the share, though the others took nothing. */
  const alone = (name: PartName, part: number, leastMs: number, mostMs: number) =>
    Math.min(Math.max(leastMs, cost(name) / (share * part)), mostMs);
  const quick = (weight: number): PartPace => ({ leastMs: pollMs, mostMs: MOST_MS, weight });
  // Where the list is dear, what is looked at less comes with the metrics.
  const steady = (weight: number, mostMs = MOST_MS): PartPace => {
    const leastMs = dear ? METRICS_PACES * pollMs : pollMs;
    return { leastMs, mostMs: Math.max(leastMs, mostMs), weight };
  };
  const fixed = (everyMs: number): PartPace => ({ leastMs: everyMs, mostMs: everyMs, weight: 1 });

  const parts = new Map<PartName, PartPace>([
    [
      'overview',
      {
        leastMs: alone('overview', 1 / 100, pollMs, OVERVIEW_MOST_MS),
        mostMs: OVERVIEW_MOST_MS,
        weight: 1,
      },
    ],
    ['who', fixed(WHO_MS)],
    ['consumers', quick(0.5)],
    ['channels', steady(2)],
    ['connections', steady(2)],
    ['nodes', steady(1, 10_000)],
    ['alarms', steady(1, 10_000)],
    ['vhosts', steady(1)],
    ['policies', { leastMs: TOPOLOGY_MS, mostMs: MOST_MS, weight: 1 }],
    [
      'topology',
      {
        leastMs: alone('topology', 1 / 20, TOPOLOGY_MS, 2 * MOST_MS),
        mostMs: 2 * MOST_MS,
        weight: 4,
      },
    ],
  ]);
  if (dear) {
    const leastMs = alone('figures', 1 / 5, METRICS_PACES * pollMs, MOST_MS);
    parts.set('figures', { leastMs, mostMs: MOST_MS, weight: 1 });
  }
  if (lists) return parts.set('totals', quick(0.5)).set('queues', quick(2));
  const sure = pacer.isSure('totals') || cost('totals') >= dearMs * SURELY_DEAR;
  parts.set('totals', fixed(sure && !r.totals.failed ? SELDOM_MS : TOPOLOGY_MS));
  if (cost('totals') < BEARABLE_MS && dearMs > 0)
    parts.set('queues', {
      leastMs: alone('queues', 1 / 20, MORE_MS, MORE_MOST_MS),
      mostMs: MORE_MOST_MS,
      weight: 4,
    });
  return parts;
}
