'use client';
import { useEffect } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { useApi } from '@/app/_live/query';
import { useUrlState, useVhost } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { cx } from '@/app/_ui/cx';
import { count, counted } from '@/app/_ui/format';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { Select } from '@/app/_ui/Select';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import { Unknown } from '@/app/_ui/Unknown';
import type { DeadLetterList } from '@/lib/model/api';
import type { DeadLetterQueue } from '@/lib/model/replay';
import { Loaded } from '../_parts/Loaded';
import styles from './dead-letters.module.css';
import { Growth } from './Growth';
import { growthOf } from './growth';

const QueueView = later(
  () => import('./QueueView').then((m) => m.QueueView),
  () => <SkeletonRows rows={12} label="Opening the queue" />,
);

const AllQueues = later(() => import('./AllQueues').then((m) => m.AllQueues), Shape);

/** The dead-letter queues, or one of them (`?queue=&in=`): why its messages died, which they are, and the way back. */
export function DeadLetters() {
  useEffect(() => {
    AllQueues.ahead();
    QueueView.ahead();
  }, []);
  const list = useApi<DeadLetterList>(['dead-letters'], '/api/dead-letters', { every: 5_000 });
  return (
    <Loaded
      state={list}
      skeleton={
        <>
          <div className="pagehead">
            <h1>Dead letters</h1>
          </div>
          <Shape />
        </>
      }
    >
      {(data) => <Chosen list={data} onChanged={list.again} />}
    </Loaded>
  );
}

function Chosen({ list, onChanged }: { list: DeadLetterList; onChanged: () => void }) {
  const vhost = useVhost();
  const [params, setParams] = useUrlState();
  const queues = list.queues.filter((q) => vhost === null || q.vhost === vhost);
  const lost = list.lost.filter((l) => vhost === null || l.vhost === vhost);
  const name = params.get('queue');
  const within = params.get('in') ?? vhost;
  const queue = queues.find((q) => q.queue === name && (within === null || q.vhost === within));
  const live = useLive();
  const isThere = live?.queues.some((q) => q.name === name && (within === null || q.vhost === within));
  const depth = live?.queues.find((q) => q.name === queue?.queue && q.vhost === queue.vhost)?.spark ?? [];
  const open = (q: DeadLetterQueue | null) =>
    setParams({ queue: q?.queue, in: q?.vhost, message: null, where: null, tab: null }, { push: true });
  const isFresh = (live?.freshness ?? list.freshness) === 'live';
  return (
    <div className={cx(!isFresh && 'stale')}>
      <div className={cx('pagehead', styles.head)}>
        <h1 className="nw">Dead letters</h1>
        {queue ? (
          <>
            <Select
              quiet
              mono
              aria-label="Dead-letter queue"
              value={keyOf(queue)}
              onChange={(event) => open(queues.find((q) => keyOf(q) === event.target.value) ?? null)}
            >
              <option value="">all queues</option>
              {queues.map((q) => (
                <option key={keyOf(q)} value={keyOf(q)}>
                  {q.queue}
                  {list.queues.some((o) => o.vhost !== q.vhost) ? ` (${q.vhost})` : ''}
                </option>
              ))}
            </Select>
            <span className="t3 nw">
              {queue.type},{' '}
              {queue.messages === null ? (
                <Unknown reason="the broker does not say how many" />
              ) : (
                counted(queue.messages, 'message')
              )}
              {queue.type === 'stream' ? ', kept when they are read' : ''}
            </span>
            <span className="s nw">
              <Growth grown={growthOf(depth)} />
            </span>
          </>
        ) : (
          <span className="t3">
            {list.total === null ? (
              <Unknown reason="not every queue could be read" />
            ) : (
              `${counted(
                queues.reduce((sum, q) => sum + (q.messages ?? 0), 0),
                'message',
              )} in ${counted(queues.length, 'queue')}`
            )}
          </span>
        )}
      </div>
      {queue ? (
        <QueueView key={keyOf(queue)} queue={queue} fresh={isFresh} onChanged={onChanged} />
      ) : (
        <div className="grid">
          {name === null ? null : (
            <p className={styles.line} role="status">
              No dead letters go to <b className="mono">{name}</b>
              {within === null ? '' : ` in vhost ${within}`} any more
              {isThere ? ', or your user may not read it' : ''}.{' '}
              <Button small onClick={() => open(null)}>
                Show all queues
              </Button>
            </p>
          )}
          <AllQueues queues={queues} lost={lost} onOpen={open} stale={!isFresh} />
        </div>
      )}
      <p className="vh" role="status">
        {count(queues.length)} dead-letter queues
      </p>
    </div>
  );
}

function Shape() {
  return (
    <Panel label="Dead-letter queues">
      <SkeletonRows rows={6} label="Reading dead-letter queues" />
    </Panel>
  );
}

function keyOf(queue: DeadLetterQueue): string {
  return `${queue.vhost} ${queue.queue}`;
}
