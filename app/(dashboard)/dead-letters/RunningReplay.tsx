'use client';
import Link from 'next/link';
import { useApi } from '@/app/_live/query';
import { useHref } from '@/app/_live/scope';
import { Badge } from '@/app/_ui/Badge';
import { count } from '@/app/_ui/format';
import type { ReplayList } from '@/lib/model/api';
import type { DeadLetterQueue, ReplayState } from '@/lib/model/replay';
import { dealtWith, stateHop } from '../_parts/replay-outcomes';
import styles from './dead-letters.module.css';

/** The queue is taken while a job is in one of these: nobody else reads or replays it. */
const HOLDS: readonly ReplayState[] = ['planned', 'running', 'paused', 'interrupted'];

/** Who has this queue now: one job at a time may take from it. Nothing while nobody has. */
export function RunningReplay({ queue }: { queue: DeadLetterQueue }) {
  const href = useHref();
  const { data } = useApi<ReplayList>(['replays'], '/api/replays', { every: 5_000 });
  const job = data?.replays.find(
    (j) => j.vhost === queue.vhost && j.queue === queue.queue && HOLDS.includes(j.state),
  );
  if (!job) return null;
  return (
    <p className={styles.running} role="status">
      <Badge hop={stateHop(job.state)}>{job.state}</Badge>
      <span className="grow wrap">
        <Link className="name link mono" href={href(`/replays/${encodeURIComponent(job.id)}`)}>
          {job.id}
        </Link>{' '}
        by {job.by} has this queue: {count(dealtWith(job.counts))} of {count(job.counts.selected)} done.
        {job.hold ? ` ${job.hold.words}` : ''}
      </span>
    </p>
  );
}
