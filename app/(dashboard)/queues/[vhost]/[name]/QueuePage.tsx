'use client';
import Link from 'next/link';
import { useEffect } from 'react';
import { useApi } from '@/app/_live/query';
import { useHref } from '@/app/_live/scope';
import { cx } from '@/app/_ui/cx';
import { Icon } from '@/app/_ui/Icon';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { Skeleton, SkeletonRows } from '@/app/_ui/Skeleton';
import { Stat, Stats } from '@/app/_ui/Stat';
import type { QueueDetail } from '@/lib/model/api';
import { Loaded } from '../../../_parts/Loaded';
import styles from './queue.module.css';

const QueueShown = later(
  () => import('./QueueShown').then((m) => m.QueueShown),
  ({ detail }) => <Shape name={detail.queue.name} />,
);

/** One queue: how deep, how fast, who consumes, what is bound, where its dead letters go. */
export function QueuePage({ vhost, name }: { vhost: string; name: string }) {
  const href = useHref();
  // comes while the queue is being read
  useEffect(QueueShown.ahead, []);
  const url = `/api/queues/${encodeURIComponent(vhost)}/${encodeURIComponent(name)}`;
  const state = useApi<QueueDetail>(['queue', vhost, name], url, { every: 5_000, keep: false });
  return (
    <>
      <nav className={cx('s t3', styles.crumbs)} aria-label="Where this is">
        <Link className="link" href={href('/queues')}>
          Queues
        </Link>
        <Icon name="right" size={12} />
        <span className="mono">{vhost}</span>
      </nav>
      <Loaded state={state} title={name} skeleton={<Shape name={name} />}>
        {(detail) => <QueueShown detail={detail} />}
      </Loaded>
    </>
  );
}

function Shape({ name }: { name: string }) {
  return (
    <>
      <div className="pagehead">
        <h1 className="mono">{name}</h1>
      </div>
      <Stats>
        {['Ready', 'Unacked', 'In', 'Out', 'Acked', 'Consumers'].map((label) => (
          <Stat key={label} label={label} value={<Skeleton width={56} height={16} />} />
        ))}
      </Stats>
      <div className={styles.gap} />
      <Panel label="The queue">
        <SkeletonRows rows={6} label="Reading the queue" />
      </Panel>
    </>
  );
}
