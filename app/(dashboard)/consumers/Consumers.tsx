'use client';
import { useLive } from '@/app/_live/LiveProvider';
import { type ApiState, useApi } from '@/app/_live/query';
import { useHref, useUrlState, useVhost } from '@/app/_live/scope';
import { Button, ButtonLink } from '@/app/_ui/Button';
import { Empty } from '@/app/_ui/Empty';
import { SearchField } from '@/app/_ui/Field';
import { count, counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import { TimeAgo } from '@/app/_ui/Time';
import type { ConsumerList } from '@/lib/model/api';
import type { Consumer } from '@/lib/model/broker';
import { queueKey } from '@/lib/model/names';
import { Aged } from '../_parts/Aged';
import { ConsumerTable, parseConsumerSort } from '../_parts/ConsumerTable';
import { clientOf, connectionOf } from '../_parts/consumer-words';
import styles from '../_parts/consumers.module.css';
import { GoneList } from '../_parts/GoneList';
import { Loaded } from '../_parts/Loaded';
import { EmptyOrUnread } from '../_parts/NotRead';
import { QueueName } from '../_parts/QueueName';

/** Who consumes what; first the queues that nobody consumes, last those who went away and why. */
export function Consumers() {
  const state = useApi<ConsumerList>(['consumers'], '/api/consumers', { every: 5_000 });
  const live = useLive();
  // the live state is a second old at most; the list adds which queues are unattended
  const merged: ApiState<ConsumerList> =
    state.data && live
      ? {
          ...state,
          data: { ...state.data, consumers: live.consumers, gone: live.gone, freshness: live.freshness },
        }
      : state;
  return (
    <Loaded
      state={merged}
      title="Consumers"
      skeleton={
        <>
          <div className="pagehead">
            <h1>Consumers</h1>
          </div>
          <Panel label="Consumers">
            <SkeletonRows rows={10} label="Reading consumers" />
          </Panel>
        </>
      }
    >
      {(data) => <List data={data} />}
    </Loaded>
  );
}

/** Every word must be found in the queue, tag, connection, peer, user or client. Pure. */
function fits(c: Consumer, words: readonly string[]): boolean {
  const text = [c.queue, c.tag, connectionOf(c), c.connection, c.user, clientOf(c)].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

function List({ data }: { data: ConsumerList }) {
  const vhost = useVhost();
  const href = useHref();
  const [params, setParams] = useUrlState();
  const text = params.get('q') ?? '';
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const inScope = (thing: { vhost: string }) => vhost === null || thing.vhost === vhost;
  const shown = data.consumers.filter((c) => inScope(c) && fits(c, words));
  const gone = data.gone.filter((c) => inScope(c) && fits(c, words)).toSorted((a, b) => b.goneAt - a.goneAt);
  const unattended = data.unattended.filter(
    (u) => inScope(u) && words.every((word) => u.queue.toLowerCase().includes(word)),
  );
  const sort = parseConsumerSort(params.get('sort'));
  const missing = useLive()?.status.missing ?? data.missing;
  const unread = missing.some((m) => m.what === 'consumers');
  return (
    <>
      <div className="pagehead">
        <h1>Consumers</h1>
        <span className="t3">
          {unread && data.consumers.length === 0
            ? 'unknown'
            : shown.length === data.consumers.length
              ? count(shown.length)
              : `${count(shown.length)} of ${count(data.consumers.length)}`}
        </span>
        <Aged parts={['consumers', 'channels']} />
      </div>
      <div className="row" style={{ marginBottom: 10 }}>
        <SearchField
          label="Filter consumers"
          placeholder="queue, tag, connection, user, client"
          value={text}
          onChange={(q) => setParams({ q })}
        />
      </div>
      {unattended.length > 0 ? (
        <Panel title="Messages and no consumer" count={unattended.length} className={styles.gap}>
          <ul>
            {unattended.map((u) => (
              <li key={queueKey(u.vhost, u.queue)} className="li">
                <Glyph hop="warn" />
                <QueueName vhost={u.vhost} name={u.queue} />
                <span className="grow" />
                {u.since === null ? null : (
                  <span className="s t3 nw">
                    since <TimeAgo at={u.since} />
                  </span>
                )}
                <span className="num t1">
                  {u.messages === null ? 'messages unknown' : counted(u.messages, 'message')}
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
      <Panel label="Consumers" className={styles.gap}>
        {shown.length > 0 ? (
          <ConsumerTable
            consumers={shown}
            sort={sort}
            onSort={(next) => setParams({ sort: `${next.by}:${next.desc ? 'desc' : 'asc'}` })}
            showQueue
            stale={data.freshness !== 'live'}
          />
        ) : data.consumers.length > 0 ? (
          <Empty
            title="No consumer fits"
            action={<Button onClick={() => setParams({ q: null, vhost: null })}>Show all consumers</Button>}
          >
            The filter or the vhost leaves none.
          </Empty>
        ) : unread ? (
          <Empty title="Who consumes is unknown">
            <EmptyOrUnread missing={missing} what="consumers" none={null} />
          </Empty>
        ) : (
          <Empty title="Nobody consumes" action={<ButtonLink href={href('/queues')}>Open Queues</ButtonLink>}>
            A consumer stands here as soon as an application subscribes to a queue, with its connection,
            prefetch and rate; one that goes away stays listed with the reason.
          </Empty>
        )}
      </Panel>
      <GoneList gone={gone} showQueue />
    </>
  );
}
