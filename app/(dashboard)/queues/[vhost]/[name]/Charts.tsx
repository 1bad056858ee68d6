'use client';
import { useMemo } from 'react';
import { LineChart, type Series } from '@/app/_ui/LineChart';
import { gapsOf } from '@/app/_ui/line-chart';
import { Panel } from '@/app/_ui/Panel';
import type { Point } from '@/lib/model/live';

type Figure = Exclude<keyof Point, 'at'>;

function useChart(
  history: readonly Point[],
  lines: readonly (Omit<Series, 'values' | 'key'> & { key: Figure })[],
) {
  return useMemo(() => {
    const times = history.map((p) => p.at);
    const series = lines.map((line): Series => ({ ...line, values: history.map((p) => p[line.key]) }));
    return {
      times,
      series,
      gaps: gapsOf(
        times,
        series.map((s) => s.values),
        'not read',
      ),
    };
  }, [history, lines]);
}

const DEPTH = [
  { key: 'ready', label: 'ready', hue: 'waiting', area: true },
  { key: 'unacked', label: 'unacked', hue: 'delivered' },
] as const;

const RATES = [
  { key: 'publish', label: 'in', hue: 'published' },
  { key: 'deliver', label: 'out', hue: 'delivered' },
  { key: 'ack', label: 'acked', hue: 'settled' },
  { key: 'redeliver', label: 'redelivered', hue: 'delivered', dashed: true },
] as const;

function Chart({
  title,
  hint,
  unit,
  chart,
}: {
  title: string;
  hint: string;
  unit?: string;
  chart: ReturnType<typeof useChart>;
}) {
  return (
    <Panel title={title} hint={hint} pad>
      {chart.times.length < 2 ? (
        <p className="t3" style={{ height: 148 }}>
          Lines appear after the second reading.
        </p>
      ) : (
        <LineChart label={`${title} of the last half hour`} unit={unit} {...chart} />
      )}
    </Panel>
  );
}

/** How deep the queue was, last half hour. */
export function DepthChart({ history }: { history: readonly Point[] }) {
  return <Chart title="Depth" hint="messages" chart={useChart(history, DEPTH)} />;
}

/** How fast it flowed, last half hour. */
export function RateChart({ history }: { history: readonly Point[] }) {
  return <Chart title="Rates" hint="messages/s" unit="/s" chart={useChart(history, RATES)} />;
}
