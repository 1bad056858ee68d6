'use client';
import Link from 'next/link';
import { useApi } from '@/app/_live/query';
import { useHref, withParams } from '@/app/_live/scope';
import { Badge } from '@/app/_ui/Badge';
import { ButtonLink } from '@/app/_ui/Button';
import { cx } from '@/app/_ui/cx';
import { Icon } from '@/app/_ui/Icon';
import { Panel } from '@/app/_ui/Panel';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import { Time } from '@/app/_ui/Time';
import type { ReplayAnswer } from '@/lib/model/api';
import { Loaded } from '../../_parts/Loaded';
import { QueueName } from '../../_parts/QueueName';
import { stateHop, targetOf } from '../../_parts/replay-outcomes';
import { Acts } from './Acts';
import { Progress } from './Progress';
import { Receipt } from './Receipt';
import styles from './replay.module.css';
import { Steps } from './Steps';

const WHILE_RUNNING = 500;
/** Copies go on being delivered and settled after the job has ended. */
const AFTERWARDS = 3_000;

/** One replay job: how far it is, what became of every message, how to stop it or go on. */
export function Replay({ id }: { id: string }) {
  const href = useHref();
  const key = ['replay', id] as const;
  const url = `/api/replays/${encodeURIComponent(id)}`;
  const first = useApi<ReplayAnswer>(key, url, { keep: false });
  const running = first.data === undefined || first.data.replay.state === 'running';
  const state = useApi<ReplayAnswer>(key, url, {
    every: running ? WHILE_RUNNING : AFTERWARDS,
    keep: false,
  });
  return (
    <>
      <nav className={cx('s t3', styles.crumbs)} aria-label="Where this is">
        <Link className="link" href={href('/dead-letters')}>
          Dead letters
        </Link>
        <Icon name="right" size={12} />
        <span>Replays</span>
      </nav>
      <Loaded
        state={state}
        title={`Replay ${id}`}
        skeleton={
          <>
            <div className="pagehead">
              <h1>
                Replay <span className="mono">{id}</span>
              </h1>
            </div>
            <Panel label="Progress">
              <SkeletonRows rows={6} label="Reading the replay" />
            </Panel>
          </>
        }
      >
        {(data) => <Job answer={data} onChanged={state.again} />}
      </Loaded>
    </>
  );
}

/** Where the copies go, as a link where it is one queue. */
function Target({ replay }: { replay: ReplayAnswer['replay'] }) {
  const [first, ...more] = replay.plan.targets;
  return first?.exchange === '' && more.length === 0 ? (
    <QueueName vhost={replay.vhost} name={first.routingKey} />
  ) : (
    <b className="mono">{targetOf(replay)}</b>
  );
}

function Job({ answer, onChanged }: { answer: ReplayAnswer; onChanged: () => void }) {
  const { replay, messages } = answer;
  const href = useHref();
  const back = withParams('/dead-letters', { queue: replay.queue, in: replay.vhost });
  return (
    <>
      <div className={styles.head}>
        <h1 className="nw">
          Replay <span className="mono">{replay.id}</span>
        </h1>
        <Badge hop={stateHop(replay.state)}>{replay.state}</Badge>
        <span className={styles.what}>
          <Link className="name mono" href={href(back)}>
            {replay.queue}
          </Link>{' '}
          to <Target replay={replay} />, by <b>{replay.by}</b>
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
        <Acts replay={replay} onDone={onChanged} />
      </div>
      {replay.note ? (
        <p className={styles.note} role="status">
          {replay.note}
        </p>
      ) : null}
      <div className="grid">
        <Progress replay={replay} />
        <Receipt replay={replay} messages={messages} />
        <Steps steps={replay.steps} />
        <p className="s t3">
          {replay.state === 'running'
            ? 'You can leave this page; the job runs on and the receipt stays here. Cancel stops within one window of 100 messages and reverts nothing.'
            : 'The receipt stays here. What becomes of the copies is followed on.'}
        </p>
        <p className="phone">
          <ButtonLink icon="download" download href={`/api/replays/${encodeURIComponent(replay.id)}/receipt`}>
            Receipt as CSV
          </ButtonLink>
        </p>
      </div>
    </>
  );
}
