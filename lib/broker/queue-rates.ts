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
   * through; the others' rates are 0. Null: not known, after the first reading or while a node is silent.
   */
  after(nodes: readonly NodeMetrics[], whole: boolean, at: number): Map<string, Rates> | null;
}

const OVER_MS = 15_000;
/** One step alone is enough only if it is about as long as the broker's own. */
const LEAST_MS = 4_500;
/** After a longer pause a rate over it would speak of the past. */
const PAUSE_MS = 120_000;

type Mutable = [number, number, number, number];

export function createQueueRates(): QueueRates {
  let last: { at: number; series: Map<string, Counts> } | null = null;
  /** What was added at each reading; NaN where a counter went backwards. */
  let steps: { from: number; at: number; added: Map<string, Mutable> }[] = [];
  return {
    after(nodes, whole, at) {
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
          add(added, key, counts, last?.series.get(name));
        }
      if (last) steps.push({ from: last.at, at, added });
      last = { at, series };
      steps = steps.filter((step) => at - step.from <= OVER_MS || step.at === at);
      const from = steps[0]?.from;
      if (from === undefined || at - from < LEAST_MS) return null;
      return ratesOver(steps, (at - from) / 1000, added.keys());
    },
  };
}

/** A counter that is new began at 0; one that went backwards began anew at an unknown moment. */
function add(added: Map<string, Mutable>, key: string, now: Counts, before: Counts | undefined): void {
  const sum = added.get(key) ?? [0, 0, 0, 0];
  for (const i of [0, 1, 2, 3] as const) {
    const more = now[i] - (before?.[i] ?? 0);
    sum[i] += more < 0 ? Number.NaN : more;
  }
  added.set(key, sum);
}

function ratesOver(
  steps: readonly { added: Map<string, Mutable> }[],
  seconds: number,
  keys: Iterable<string>,
): Map<string, Rates> {
  const rates = new Map<string, Rates>();
  for (const key of keys) {
    const of = (i: 0 | 1 | 2 | 3) => {
      const sum = steps.reduce((all, { added }) => all + (added.get(key)?.[i] ?? 0), 0);
      return Number.isNaN(sum) ? null : Math.round((sum / seconds) * 10) / 10;
    };
    rates.set(key, { publish: of(0), deliver: of(1), ack: of(2), redeliver: of(3) });
  }
  return rates;
}
