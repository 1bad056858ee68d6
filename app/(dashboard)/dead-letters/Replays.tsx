'use client';
import Link from 'next/link';
import { useApi } from '@/app/_live/query';
import { useHref } from '@/app/_live/scope';
import { Badge } from '@/app/_ui/Badge';
import { cx } from '@/app/_ui/cx';
import { count, counted } from '@/app/_ui/format';
import { Panel } from '@/app/_ui/Panel';
import { TimeAgo } from '@/app/_ui/Time';
import type { ReplayList } from '@/lib/model/api';
import { confirmedOf, stateHop } from '../_parts/replay-outcomes';
import styles from './dead-letters.module.css';

const SHOWN = 8;

/** The latest replay jobs; nothing when there was none. */
export function Replays() {
  const href = useHref();
  const { data } = useApi<ReplayList>(['replays'], '/api/replays', { every: 5_000 });
  const jobs = data?.replays.slice(0, SHOWN) ?? [];
  if (jobs.length === 0) return null;
  return (
    <Panel title="Replays" hint="the latest">
      <ul>
        {jobs.map((job) => (
          <li key={job.id} className={cx('li', styles.job)}>
            <Badge hop={stateHop(job.state)}>{job.state}</Badge>
            <Link className="name mono" href={href(`/replays/${job.id}`)}>
              {job.id}
            </Link>
            <span className="cut grow">
              {counted(job.counts.selected, 'message')} of <span className="mono t1">{job.queue}</span> by{' '}
              {job.by}
            </span>
            <span className="t3 nw wide">{count(confirmedOf(job.counts))} confirmed</span>
            <span className="s t3 nw">
              <TimeAgo at={job.createdAt} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
