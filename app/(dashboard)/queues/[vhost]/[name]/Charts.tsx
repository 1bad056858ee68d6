'use client';
import { cx } from '@/app/_ui/cx';
import { Segmented } from '@/app/_ui/Field';
import type { Point } from '@/lib/model/live';
import { PastChart, type PastLine } from '../../../_parts/PastChart';
import { RANGES, usePast, useRange } from '../../../_parts/past';
import styles from './queue.module.css';

const DEPTH: readonly PastLine[] = [
  { key: 'ready', label: 'ready', hue: 'waiting', area: true },
  { key: 'unacked', label: 'unacked', hue: 'delivered' },
];

const RATES: readonly PastLine[] = [
  { key: 'publish', label: 'in', hue: 'published' },
  { key: 'deliver', label: 'out', hue: 'delivered' },
  { key: 'ack', label: 'acked', hue: 'settled' },
  { key: 'redeliver', label: 'redelivered', hue: 'delivered', dashed: true },
];

/** How deep the queue was and how fast it flowed, over the last half hour or back to 30 days. */
export function Charts({
  vhost,
  name,
  recent,
}: {
  vhost: string;
  name: string;
  /** The last half hour, as it came with the queue. */
  recent: readonly Point[];
}) {
  const [range, setRange] = useRange();
  const past = usePast({ vhost, queue: name }, range, recent);
  return (
    <>
      <div className={styles.range}>
        <Segmented label="How far back" value={range.value} options={RANGES} onChange={setRange} />
      </div>
      <div className={cx('grid', styles.two)}>
        <PastChart title="Depth" hint="messages" past={past} lines={DEPTH} />
        <PastChart title="Rates" hint="messages/s" unit="/s" past={past} lines={RATES} />
      </div>
    </>
  );
}
