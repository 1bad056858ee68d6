'use client';
import { cx } from '@/app/_ui/cx';
import { count } from '@/app/_ui/format';
import { Panel } from '@/app/_ui/Panel';
import { Spark } from '@/app/_ui/Spark';
import { Unknown } from '@/app/_ui/Unknown';
import type { Overview } from '@/lib/model/api';
import type { Point } from '@/lib/model/live';
import { PastBar } from '../_parts/PastBar';
import { PastChart, type PastLine } from '../_parts/PastChart';
import { PastMarks } from '../_parts/PastMarks';
import { usePast, usePastView } from '../_parts/past';
import { QueueName } from '../_parts/QueueName';
import styles from './overview.module.css';

const RATES: readonly PastLine[] = [
  { key: 'publish', label: 'publish', hue: 'published' },
  { key: 'deliver', label: 'deliver', hue: 'delivered' },
  { key: 'ack', label: 'ack', hue: 'settled' },
  { key: 'redeliver', label: 'redeliver', hue: 'delivered', dashed: true },
];

const DEPTH: readonly PastLine[] = [
  { key: 'ready', label: 'ready', hue: 'waiting', area: true },
  { key: 'unacked', label: 'unacked', hue: 'delivered' },
];

const CONSUMERS: readonly PastLine[] = [{ key: 'consumers', label: 'consumers', hue: 'settled', area: true }];

/** The broker as a whole, or one vhost, over the last half hour or back to 30 days, beside its deepest queues. */
export function Trends({
  vhost,
  recent,
  topQueues,
}: {
  vhost: string | null;
  /** The last half hour of all, as it came with the page. */
  recent: readonly Point[];
  topQueues: Overview['topQueues'];
}) {
  const view = usePastView();
  const past = usePast({ vhost, queue: null }, view, vhost === null ? recent : null);
  return (
    <>
      <PastBar view={view} />
      <div className={cx('grid', styles.two)}>
        <PastChart title="Rates" hint="messages/s" unit="/s" past={past} lines={RATES} />
        <Depths queues={topQueues} />
      </div>
      <div className={cx('grid', styles.two)}>
        <PastChart title="Messages" hint="in all queues" past={past} lines={DEPTH} height={110} />
        <PastChart title="Consumers" hint="the fewest at a time" past={past} lines={CONSUMERS} height={110} />
      </div>
      <PastMarks past={past} />
    </>
  );
}

/** The deepest queues as small lines on one scale, so that they compare. */
function Depths({ queues }: { queues: Overview['topQueues'] }) {
  const max = Math.max(1, ...queues.flatMap((q) => q.depth.map((d) => d ?? 0)));
  return (
    <Panel title="Depth" hint={queues.length > 1 ? `top ${queues.length} queues, one scale` : undefined}>
      {queues.length === 0 ? (
        <p className={styles.calm}>There is no queue that you may see.</p>
      ) : (
        <ul className={styles.depths}>
          {queues.map((queue) => (
            <li key={`${queue.vhost} ${queue.name}`}>
              <QueueName vhost={queue.vhost} name={queue.name} />
              <Spark values={queue.depth} width={220} height={20} max={max} fluid />
              <span className="num t1">
                {queue.total === null ? <Unknown reason="its depth could not be read" /> : count(queue.total)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
