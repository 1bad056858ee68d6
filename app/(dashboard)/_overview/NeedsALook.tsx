'use client';
import { useHref } from '@/app/_live/scope';
import { cx } from '@/app/_ui/cx';
import { count } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import { Spark } from '@/app/_ui/Spark';
import type { Attention, QueueRow } from '@/lib/model/live';
import { queueKey } from '@/lib/model/names';
import { shapeOf, trendHue } from '../_parts/look';
import { QueueName } from '../_parts/QueueName';
import styles from './overview.module.css';

const MOST = 8;

/** What to look at first, with its reason in full. Full width, because reasons must not be cut. */
export function NeedsALook({
  attention,
  queues,
  showVhost,
}: {
  attention: readonly Attention[];
  queues: readonly QueueRow[];
  showVhost: boolean;
}) {
  const href = useHref();
  const sparks = new Map(queues.map((queue) => [queueKey(queue.vhost, queue.name), queue.spark]));
  const shown = attention.slice(0, MOST);
  return (
    <Panel
      title="Needs a look"
      count={count(attention.length)}
      more={attention.length > MOST ? `All ${count(attention.length)} in Queues` : 'Open in Queues'}
      moreHref={href('/queues?show=look')}
      className={styles.gap}
    >
      {shown.length === 0 ? (
        <p className={styles.calm}>
          <Glyph hop="settled" />
          Nothing now. Queues that grow, have no consumer, collect dead letters or cannot be read would stand
          here.
        </p>
      ) : (
        <ul>
          {shown.map((a) => {
            const spark = sparks.get(queueKey(a.vhost, a.queue));
            return (
              <li
                key={`${a.code} ${queueKey(a.vhost, a.queue)} ${a.words}`}
                className={cx('li', styles.look)}
              >
                <Glyph hop={shapeOf(a)} />
                {a.queue ? (
                  <QueueName
                    vhost={a.vhost}
                    name={a.queue}
                    showVhost={showVhost}
                    className={styles.lookName}
                  />
                ) : (
                  <span className={cx('t1 cut', styles.lookName)}>broker</span>
                )}
                <span className={styles.why}>{a.words}</span>
                <span className={styles.trend}>
                  {a.level === 'unknown' ? (
                    <span className={cx('hatch', styles.hatched)} />
                  ) : spark && spark.length > 1 ? (
                    <Spark values={spark} hue={trendHue(a)} width={56} height={16} />
                  ) : null}
                </span>
                <span className={cx('num t1', styles.figure)}>{a.figure}</span>
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
}
