'use client';
import { useMemo } from 'react';
import { count } from '@/app/_ui/format';
import { LineChart, type Series } from '@/app/_ui/LineChart';
import { gapsOf } from '@/app/_ui/line-chart';
import { Panel } from '@/app/_ui/Panel';
import { Spark } from '@/app/_ui/Spark';
import { Unknown } from '@/app/_ui/Unknown';
import type { Overview } from '@/lib/model/api';
import type { Point } from '@/lib/model/live';
import { QueueName } from '../_parts/QueueName';
import styles from './overview.module.css';

/** Rates over the last half hour. Where nothing was read the lines break and a hatch says why. */
export function Rates({
  history,
  hint,
  height = 148,
}: {
  history: readonly Point[];
  hint?: string;
  height?: number;
}) {
  const { times, series, gaps } = useMemo(() => {
    const of = (figure: 'publish' | 'deliver' | 'ack' | 'redeliver') => history.map((p) => p[figure]);
    const series: Series[] = [
      { key: 'publish', label: 'publish', hue: 'published', values: of('publish') },
      { key: 'deliver', label: 'deliver', hue: 'delivered', values: of('deliver') },
      { key: 'ack', label: 'ack', hue: 'settled', values: of('ack') },
      { key: 'redeliver', label: 'redeliver', hue: 'delivered', values: of('redeliver'), dashed: true },
    ];
    const times = history.map((p) => p.at);
    return {
      times,
      series,
      gaps: gapsOf(
        times,
        series.map((s) => s.values),
        'not read',
      ),
    };
  }, [history]);
  return (
    <Panel title="Rates" hint={hint ?? 'messages/s'} pad>
      {history.length < 2 ? (
        <p className="t3" style={{ height }}>
          Lines appear after the second reading.
        </p>
      ) : (
        <LineChart
          label="Message rates of the last half hour"
          times={times}
          series={series}
          gaps={gaps}
          height={height}
          unit="/s"
        />
      )}
    </Panel>
  );
}

/** The deepest queues as small lines on one scale, so that they compare. */
export function Depths({ queues }: { queues: Overview['topQueues'] }) {
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
