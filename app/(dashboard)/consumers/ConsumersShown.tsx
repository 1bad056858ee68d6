'use client';
import { useCallback, useMemo } from 'react';
import { useHref, useUrlState, useVhost } from '@/app/_live/scope';
import { Button, ButtonLink } from '@/app/_ui/Button';
import { Chip } from '@/app/_ui/Chip';
import { Empty } from '@/app/_ui/Empty';
import { Choices, Filters } from '@/app/_ui/Filters';
import { count, counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { SearchField } from '@/app/_ui/SearchField';
import { TimeAgo } from '@/app/_ui/Time';
import { Unknown } from '@/app/_ui/Unknown';
import type { ConsumerList } from '@/lib/model/api';
import type { Condition, ConsumerRow } from '@/lib/model/broker';
import { queueKey } from '@/lib/model/names';
import { Aged } from '../_parts/Aged';
import { ConsumerTable, parseConsumerSort } from '../_parts/ConsumerTable';
import { lookOf, parseCondition } from '../_parts/consumer-words';
import styles from '../_parts/consumers.module.css';
import { GoneList } from '../_parts/GoneList';
import { EmptyOrUnread } from '../_parts/NotRead';
import { QueueName } from '../_parts/QueueName';
import { countsOf, fits, wordsIn } from './consumer-filter';

const ConnectionSheet = later(() => import('./ConnectionSheet').then((m) => m.ConnectionSheet));

export type Shown = Pick<ConsumerList, 'consumers' | 'gone' | 'unattended' | 'missing' | 'freshness'>;

/** The list with all that it can be narrowed by, and what stands around it. */
export function ConsumersShown({ data }: { data: Shown }) {
  const vhost = useVhost();
  const [params, setParams] = useUrlState();
  const text = params.get('q') ?? '';
  const chosen = parseCondition(params.get('condition'));
  const connection = params.get('connection');
  const words = useMemo(() => wordsIn(text), [text]);
  const inScope = (thing: { vhost: string }) => vhost === null || thing.vhost === vhost;
  const found = useMemo(
    () => data.consumers.filter((c) => (vhost === null || c.vhost === vhost) && fits(c, words)),
    [data.consumers, vhost, words],
  );
  const rows = useMemo(() => found.filter((c) => !chosen || c.condition === chosen), [found, chosen]);
  const gone = useMemo(
    () =>
      data.gone
        .filter((c) => (vhost === null || c.vhost === vhost) && fits(c, words))
        .toSorted((a, b) => b.goneAt - a.goneAt),
    [data.gone, vhost, words],
  );
  const unattended = data.unattended.filter(
    (u) => inScope(u) && words.every((word) => u.queue.toLowerCase().includes(word)),
  );
  const sortParam = params.get('sort');
  const sort = useMemo(() => parseConsumerSort(sortParam), [sortParam]);
  // an empty list that was not read is no zero
  const unread = data.consumers.length === 0 && data.missing.find((m) => m.what === 'consumers');
  const open = useCallback(
    (row: ConsumerRow) => {
      if (row.connection !== '') setParams({ connection: row.connection }, { push: true });
    },
    [setParams],
  );
  return (
    <>
      <div className="pagehead">
        <h1>Consumers</h1>
        {unread ? (
          <Unknown reason={unread.why} />
        ) : (
          <span className="t3">
            {rows.length === data.consumers.length
              ? count(rows.length)
              : `${count(rows.length)} of ${count(data.consumers.length)}`}
          </span>
        )}
        <span className="grow" />
        <Aged parts={['consumers', 'channels']} />
      </div>
      <Filters>
        <SearchField
          label="Filter consumers"
          placeholder="queue, tag, connection, user, client"
          value={text}
          onChange={(q) => setParams({ q })}
          chips={
            vhost === null ? null : (
              <Chip name={`vhost ${vhost}`} onRemove={() => setParams({ vhost: null })}>
                vhost:{vhost}
              </Chip>
            )
          }
        />
        {unread ? null : (
          <Choice rows={found} chosen={chosen} onChoose={(condition) => setParams({ condition })} />
        )}
      </Filters>
      <Unattended
        queues={unattended}
        showVhost={vhost === null && new Set(data.unattended.map((u) => u.vhost)).size > 1}
        stale={data.freshness !== 'live'}
      />
      <Panel label="Consumers" className={styles.gap}>
        {rows.length > 0 ? (
          <ConsumerTable
            consumers={rows}
            sort={sort}
            onSort={(next) => setParams({ sort: `${next.by}:${next.desc ? 'desc' : 'asc'}` })}
            showQueue
            stale={data.freshness !== 'live'}
            onOpen={open}
          />
        ) : (
          <Nobody
            none={data.consumers.length === 0}
            missing={data.missing}
            onClear={() => setParams({ q: null, condition: null, vhost: null })}
          />
        )}
      </Panel>
      <GoneList gone={gone} showQueue />
      {connection ? (
        <ConnectionSheet
          connection={connection}
          consumers={data.consumers}
          gone={data.gone}
          onClose={() => setParams({ connection: null })}
        />
      ) : null}
    </>
  );
}

/** Only conditions that somebody is in: most days that is working and idle. */
function Choice({
  rows,
  chosen,
  onChoose,
}: {
  rows: readonly ConsumerRow[];
  chosen: Condition | null;
  onChoose: (condition: Condition | null) => void;
}) {
  const counts = useMemo(() => countsOf(rows, chosen), [rows, chosen]);
  const option = (value: Condition | null, label: string, n: number) => ({
    value,
    label: (
      <>
        {label} <span className="t3">{count(n)}</span>
      </>
    ),
  });
  return (
    <Choices
      legend="Which consumers"
      value={chosen}
      options={[
        option(null, 'All', rows.length),
        ...counts.map(([condition, n]) => option(condition, capital(lookOf(condition).word), n)),
      ]}
      onChange={onChoose}
    />
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function Unattended({
  queues,
  showVhost,
  stale,
}: {
  queues: ConsumerList['unattended'];
  showVhost: boolean;
  stale: boolean;
}) {
  if (queues.length === 0) return null;
  return (
    <Panel title="Messages and no consumer" count={count(queues.length)} className={styles.gap}>
      <ul className={stale ? 'stale' : undefined}>
        {queues.map((u) => (
          <li key={queueKey(u.vhost, u.queue)} className="li">
            <Glyph hop="warn" />
            <QueueName vhost={u.vhost} name={u.queue} showVhost={showVhost} />
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
  );
}

function Nobody({
  none,
  missing,
  onClear,
}: {
  none: boolean;
  missing: Shown['missing'];
  onClear: () => void;
}) {
  const href = useHref();
  if (!none)
    return (
      <Empty title="No consumer fits" action={<Button onClick={onClear}>Show all consumers</Button>}>
        The filter, the choice or the vhost leaves none.
      </Empty>
    );
  const unread = missing.some((m) => m.what === 'consumers');
  return (
    <Empty
      title={unread ? 'Consumers cannot be read' : 'Nobody consumes'}
      action={<ButtonLink href={href('/queues')}>Open Queues</ButtonLink>}
    >
      <EmptyOrUnread
        missing={missing}
        what="consumers"
        none="A consumer stands here as soon as an application subscribes to a queue, with its connection, prefetch and rate; one that goes away stays listed with the reason."
      />
    </Empty>
  );
}
