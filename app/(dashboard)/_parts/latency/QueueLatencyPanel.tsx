'use client';
import Link from 'next/link';
import { useState } from 'react';
import { useHref, withParams } from '@/app/_live/scope';
import { counted, duration } from '@/app/_ui/format';
import { Panel } from '@/app/_ui/Panel';
import { Segmented } from '@/app/_ui/Segmented';
import { Time } from '@/app/_ui/Time';
import { Loaded } from '../Loaded';
import { DriftWords } from './Drift';
import { LatencyChart } from './LatencyChart';
import styles from './latency.module.css';
import { driftOf, type QueueLatency, sinceOf, worstOf } from './latency-view';
import { useLatency } from './use-latency';

const RANGES = [
  { value: '15m', label: '15 min', ms: 900_000 },
  { value: '1h', label: '1 h', ms: 3_600_000 },
  { value: '24h', label: '24 h', ms: 86_400_000 },
] as const;

/** One queue: how long its messages took from publish to first delivery, and whether that grows. */
export function QueueLatencyPanel({ vhost, name }: { vhost: string; name: string }) {
  const [range, setRange] = useState<(typeof RANGES)[number]['value']>('1h');
  const ms = RANGES.find((r) => r.value === range)?.ms ?? 0;
  const state = useLatency(vhost, name, { from: { ago: ms }, to: null });
  return (
    <Panel
      title="Latency"
      hint="from publish to first delivery"
      pad
      more={<Segmented label="Over the last" value={range} options={RANGES} onChange={setRange} />}
    >
      <Loaded state={state} skeleton={<div className={styles.place} />}>
        {({ queues, to }) => {
          const queue = queues.find((q) => q.queue === name);
          return queue && queue.count > 0 ? (
            <Measured queue={queue} from={to - ms} />
          ) : (
            <p className={styles.place}>
              Nothing was measured in this time. A message is measured when the tap saw both its publish and
              its first delivery.
            </p>
          );
        }}
      </Loaded>
    </Panel>
  );
}

/** `from`: where the range begins that was asked for, ms since 1970. */
function Measured({ queue, from }: { queue: QueueLatency; from: number }) {
  const href = useHref();
  const worst = worstOf(queue.points);
  const since = sinceOf(queue.points, from);
  const to = { vhost: queue.vhost, queue: queue.queue };
  return (
    <>
      <p className={styles.words}>
        <span>
          Half of {counted(queue.count, 'message')} within <b>{figure(queue.p50)}</b>, 95 % within{' '}
          <b>{figure(queue.p95)}</b>, 99 % within <b>{figure(queue.p99)}</b>.
        </span>{' '}
        <DriftWords drift={driftOf(queue.points)} />{' '}
        {worst ? (
          <span>
            Slowest at <Time at={worst.from} />:{' '}
            <Link
              className="link"
              href={href(
                withParams('/journeys', {
                  ...to,
                  from: new Date(worst.from).toISOString(),
                  to: new Date(worst.to).toISOString(),
                }),
              )}
            >
              its journeys then
            </Link>
            .
          </span>
        ) : null}{' '}
        {since === null ? null : (
          <span className="t3">
            In this time nothing was measured before <Time at={since} />.
          </span>
        )}
      </p>
      <LatencyChart queue={queue} />
    </>
  );
}

export function figure(ms: number | null): string {
  return ms === null ? 'unknown' : duration(ms);
}
