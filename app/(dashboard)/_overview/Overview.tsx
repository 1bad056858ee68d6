'use client';
import { useEffect } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { useApi } from '@/app/_live/query';
import { useVhost } from '@/app/_live/scope';
import { cx } from '@/app/_ui/cx';
import { counted, duration } from '@/app/_ui/format';
import { later } from '@/app/_ui/later';
import type { Overview as OverviewAnswer } from '@/lib/model/api';
import { Aged } from '../_parts/Aged';
import { clusterName } from '../_parts/cluster-name';
import { Loaded } from '../_parts/Loaded';
import { NotRead } from '../_parts/NotRead';
import { Figures } from './Figures';
import { NeedsALook } from './NeedsALook';
import { Nodes } from './Nodes';
import { OverviewSkeleton, TrendsSkeleton } from './OverviewSkeleton';
import styles from './overview.module.css';
import { scoped, totalsOf } from './view';

const Rest = later(() => import('./Rest').then((m) => m.Rest), TrendsSkeleton);

/** Is anything wrong, and where do I click: figures every second from the live state, the rest every five. */
export function Overview() {
  const state = useApi<OverviewAnswer>(['overview'], '/api/overview', { every: 5_000 });
  const live = useLive();
  const vhost = useVhost();
  // comes while the first answer is on its way
  useEffect(Rest.ahead, []);
  return (
    <Loaded state={state} title="Overview" skeleton={<OverviewSkeleton />}>
      {(all) => {
        const overview = scoped(all, vhost);
        const nodes = live?.nodes ?? all.nodes;
        const fresh = live?.freshness ?? all.freshness;
        const up = nodes.map((n) => n.uptimeMs).filter((ms) => ms !== null);
        const showVhost = vhost === null && (live?.vhosts.length ?? 1) > 1;
        const attention = live
          ? scoped({ ...all, attention: live.attention }, vhost).attention
          : overview.attention;
        return (
          <div className={cx(fresh !== 'live' && 'stale')}>
            <div className={styles.head}>
              <h1>{clusterName(all.cluster)}</h1>
              <span className="s t3 wide">
                {all.version ? `RabbitMQ ${all.version}` : 'version unknown'},{' '}
                {nodes.length > 0 ? counted(nodes.length, 'node') : 'nodes unknown'}
                {up.length > 0 ? `, up ${duration(Math.min(...up))}` : ''}
              </span>
              <Aged parts={['depths', 'rates']} />
              <span className="grow wide" />
              <Nodes nodes={nodes} />
            </div>
            <div className={styles.gap}>
              <Figures
                {...(live ? totalsOf(live, vhost) : { totals: all.totals, unknown: 0 })}
                history={vhost === null ? all.history : []}
                reason={
                  all.reason ?? 'the broker did not report it, or a queue of this vhost could not be read'
                }
              />
            </div>
            <NeedsALook attention={attention} queues={live?.queues ?? []} showVhost={showVhost} />
            <Rest key={vhost} all={all} vhost={vhost} />
            <NotRead missing={live?.status.missing ?? all.missing} className={styles.above} />
          </div>
        );
      }}
    </Loaded>
  );
}
