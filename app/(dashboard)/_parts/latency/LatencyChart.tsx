'use client';
import { useMemo } from 'react';
import { duration } from '@/app/_ui/format';
import { LineChart, type Series } from '@/app/_ui/LineChart';
import { linesOf, type QueueLatency } from './latency-view';

/** Half, 95 and 99 of 100 messages had been delivered after so long. */
export function LatencyChart({ queue, height = 148 }: { queue: QueueLatency; height?: number }) {
  const chart = useMemo(() => {
    const { times, p50, p95, p99, gaps } = linesOf(queue.points);
    const series: Series[] = [
      { key: 'p50', label: 'p50', hue: 'waiting', values: p50 },
      { key: 'p95', label: 'p95', hue: 'delivered', values: p95, area: true },
      { key: 'p99', label: 'p99', hue: 'delivered', values: p99, dashed: true },
    ];
    return { times, series, gaps };
  }, [queue]);
  if (chart.times.length < 2)
    return (
      <p className="t3" style={{ height }}>
        A line appears with the second minute that is measured.
      </p>
    );
  return (
    <LineChart
      label={`From publish to delivery, queue ${queue.queue}`}
      format={duration}
      height={height}
      {...chart}
    />
  );
}
