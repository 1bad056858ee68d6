/**
 * Rates of queues out of counters, as Prometheus' own `increase` works them out. A broker brings its counters up to date
 * each 5 s, so that two readings close to each other see all or nothing of what went on: the rate is taken over the last
 * quarter of a minute.
 *
 *   readings     ├────┼────┼────┼────┤ now
 *   rate over         └──── 15 s ────┘
 */
import type { Counts, NodeMetrics } from './queue-metrics.ts';
import type { Rates } from './wire.ts';

export interface QueueRates {
  /**
   * Takes a reading; `at`: ms since 1970 when it was asked for. By `queueKey`, of the queues that anything ever passed
   * through; the others' rates are 0. Null: not known, after the first reading or while a node is silent. `isNew`: its
   * counters could not be told to be this queue's at the reading before.
   */
  after(
    nodes: readonly NodeMetrics[],
    whole: boolean,
    at: number,
    isNew?: (key: string) => boolean,
  ): Map<string, Rates> | null;
}

const OVER_MS = 15_000;
/** One step alone is enough only if it is about as long as the broker's own. */
const LEAST_MS = 4_500;
/** After a longer pause a rate over it would speak of the past. */
const PAUSE_MS = 120_000;

type Mutable = [number, number, number, number];

export function createQueueRates(): QueueRates {
  let last: { at: number; nodes: ReadonlySet<string>; series: Map<string, Counts> } | null = null;
  /** What was added at each reading; NaN where that is not known: a counter went backwards, or was not seen before. */
  let steps: { from: number; at: number; added: Map<string, Mutable> }[] = [];
  return {
    after(nodes, whole, at, isNew = () => false) {
      if (!whole || (last && (at - last.at > PAUSE_MS || at < last.at))) {
        last = null;
        steps = [];
      }
      if (!whole) return null;
      const series = new Map<string, Counts>();
      const added = new Map<string, Mutable>();
      for (const { node, counters } of nodes)
        for (const [id, { key, counts }] of counters) {
          const name = `${node}\u0000${id}`;
          series.set(name, counts);
          const began = last?.nodes.has(node) && !isNew(key) ? zero : nobodyKnows;
          add(added, key, counts, last?.series.get(name) ?? began);
        }
      if (last) steps.push({ from: last.at, at, added });
      last = { at, nodes: new Set(nodes.map(({ node }) => node)), series };
      steps = steps.filter((step) => at - step.from <= OVER_MS || step.at === at);
      const from = steps[0]?.from;
      if (from === undefined || at - from < LEAST_MS) return null;
      return ratesOver(steps, at);
    },
  };
}

const zero: Counts = [0, 0, 0, 0];
const nobodyKnows: Counts = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];

/**
 * A counter that is new at a node and of a queue that were there before began at 0. Others may have counted for years: that
 * of a node that comes back, or of a queue that the list has just named. One that went backwards began anew, nobody knows when.
 */
function add(added: Map<string, Mutable>, key: string, now: Counts, before: Counts): void {
  const sum = added.get(key) ?? [0, 0, 0, 0];
  for (const i of [0, 1, 2, 3] as const) {
    const more = now[i] - before[i];
    sum[i] += more < 0 ? Number.NaN : more;
  }
  added.set(key, sum);
}

function ratesOver(
  steps: readonly { from: number; at: number; added: Map<string, Mutable> }[],
  now: number,
): Map<string, Rates> {
  const rates = new Map<string, Rates>();
  // a queue whose last channel has closed is in earlier steps alone
  for (const { added } of steps)
    for (const key of added.keys()) {
      if (rates.has(key)) continue;
      const of = (i: 0 | 1 | 2 | 3) => rateOver(steps, key, i, now);
      rates.set(key, { publish: of(0), deliver: of(1), ack: of(2), redeliver: of(3) });
    }
  return rates;
}

/** Over the steps after the last of which it is not known. */
function rateOver(
  steps: readonly { from: number; at: number; added: Map<string, Mutable> }[],
  key: string,
  i: 0 | 1 | 2 | 3,
  now: number,
): number | null {
  let from = now;
  let sum = 0;
  for (let s = steps.length - 1; s >= 0; s--) {
    const step = steps[s];
    const more = step?.added.get(key)?.[i] ?? 0;
    if (!step || Number.isNaN(more)) break;
    sum += more;
    from = step.from;
  }
  const ms = now - from;
  return ms < LEAST_MS ? null : Math.round((sum / ms) * 10_000) / 10;
}
