'use client';
import { cx } from '@/app/_ui/cx';
import type { Point } from '@/lib/model/live';
import { PastBar } from '../../../_parts/PastBar';
import { PastChart, type PastLine } from '../../../_parts/PastChart';
import { PastMarks } from '../../../_parts/PastMarks';
import { usePast, usePastView } from '../../../_parts/past';
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

const CONSUMERS: readonly PastLine[] = [{ key: 'consumers', label: 'consumers', hue: 'settled', area: true }];

interface Of {
  vhost: string;
  name: string;
  /** The last half hour, as it came with the queue. */
  recent: readonly Point[];
}

/** How deep the queue was, how fast it flowed and who consumed it, over the last half hour or back to 30 days. */
export function Charts(of: Of) {
  // of another queue nothing is carried over, not even for the moment until its own past is there
  return <PastOf key={`${of.vhost}\0${of.name}`} {...of} />;
}

function PastOf({ vhost, name, recent }: Of) {
  const view = usePastView();
  const past = usePast({ vhost, queue: name }, view, recent);
  return (
    <>
      <PastBar view={view} />
      <div className={cx('grid', styles.two)}>
        <PastChart title="Depth" hint="messages" past={past} lines={DEPTH} />
        <PastChart title="Rates" hint="messages/s" unit="/s" past={past} lines={RATES} />
      </div>
      <div className={styles.gap}>
        <PastChart title="Consumers" hint="the fewest at a time" past={past} lines={CONSUMERS} height={92} />
      </div>
      <PastMarks past={past} />
    </>
  );
}
