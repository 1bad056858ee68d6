/** Gauges and counters that are read from their sources at each scrape; what is not known gives no sample, not 0. */
import { Counter, Gauge, type Registry } from 'prom-client';

export interface Figures<Source> {
  gauge<L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    fill: (gauge: Gauge<L>, source: Source) => void,
  ): void;
  /** A count kept elsewhere, shown with the type counter so that rate() understands its restarts. */
  counter<L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    fill: (counter: Counter<L>, source: Source) => void,
  ): void;
}

/** `source` null: nothing can be read at present. */
export function createFigures<Source>(registry: Registry, source: () => Source | null): Figures<Source> {
  const registers = [registry];
  return {
    gauge(name, help, labelNames, fill) {
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          this.reset();
          const now = source();
          if (now !== null) fill(this, now);
          else if (labelNames.length === 0) this.remove(); // with labels, the reset left no sample
        },
      });
    },
    counter(name, help, labelNames, fill) {
      new Counter({
        name,
        help,
        labelNames,
        registers,
        collect() {
          this.reset();
          const now = source();
          if (now !== null) fill(this, now);
          else if (labelNames.length === 0) this.remove();
        },
      });
    },
  };
}
