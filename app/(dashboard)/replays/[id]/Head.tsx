'use client';
import Link from 'next/link';
import { useHref, withParams } from '@/app/_live/scope';
import { Badge } from '@/app/_ui/Badge';
import { Time } from '@/app/_ui/Time';
import type { ReplayJob } from '@/lib/model/replay';
import { QueueName } from '../../_parts/QueueName';
import { selectionOf, stateHop, targetOf } from '../../_parts/replay-outcomes';
import { Acts } from './Acts';
import styles from './replay.module.css';

export const NAMES = { replay: 'Replay', move: 'Move', delete: 'Deletion' } as const;

/** Which job, how it stands, what of where goes where, by whom and since when. */
export function Head({ replay }: { replay: ReplayJob }) {
  const href = useHref();
  const back = withParams('/dead-letters', { queue: replay.queue, in: replay.vhost });
  const [kind, name] = selectionOf(replay);
  const canary = replay.state === 'running' && replay.phase === 'canary';
  return (
    <div className={styles.head}>
      <h1 className="nw">
        {NAMES[replay.request.act]} <span className="mono">{replay.id}</span>
      </h1>
      <Badge hop={stateHop(replay.state)}>{canary ? 'canary' : replay.state}</Badge>
      <span className={styles.what}>
        <Link className="name mono" href={href(back)}>
          {replay.queue}
        </Link>
        {replay.request.act === 'delete' ? null : (
          <>
            {' '}
            to <Target replay={replay} />
          </>
        )}
        , {kind}
        {name === null ? null : (
          <>
            {' '}
            <b>{name}</b>
          </>
        )}
        , by <b>{replay.by}</b>
        {replay.startedAt === null ? null : (
          <>
            {replay.endedAt === null ? ' since ' : ', '}
            <Time at={replay.startedAt} />
          </>
        )}
        {replay.endedAt === null ? null : (
          <>
            {' to '}
            <Time at={replay.endedAt} />
          </>
        )}
      </span>
      <Acts replay={replay} />
    </div>
  );
}

/** Where the copies go, as a link where it is one queue. */
function Target({ replay }: { replay: ReplayJob }) {
  const [first, ...more] = replay.plan.targets;
  return first?.exchange === '' && more.length === 0 ? (
    <QueueName vhost={replay.vhost} name={first.routingKey} />
  ) : (
    <b className="mono">{targetOf(replay)}</b>
  );
}
