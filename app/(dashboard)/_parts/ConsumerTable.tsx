'use client';
import { useMemo } from 'react';
import { useNow } from '@/app/_ui/clock';
import { cx } from '@/app/_ui/cx';
import { count, full, short, since } from '@/app/_ui/format';
import { Unknown } from '@/app/_ui/Unknown';
import { type Column, type Sort, VirtualTable } from '@/app/_ui/VirtualTable';
import type { ConsumerRow } from '@/lib/model/broker';
import { ConditionBadge, ConditionCell, ConnectionLink, OldestUnacked } from './ConsumerSigns';
import { clientOf, conditionsByGravity, conditionWords, connectionOf, consumerKey } from './consumer-words';
import styles from './consumers.module.css';
import { QueueName } from './QueueName';

const NOT_REPORTED = 'the broker did not report it';

function figure(value: number | null, format: (n: number) => string, zero?: string) {
  if (value === null) return <Unknown reason={NOT_REPORTED} word="?" />;
  if (value === 0 && zero) return <span className="returned ink">{zero}</span>;
  return <span className={cx(value === 0 && 'zero')}>{format(value)}</span>;
}

/** How long it has been connected, ticking. */
function Age({ at }: { at: number | null }) {
  const now = useNow();
  if (at === null) return <Unknown reason={NOT_REPORTED} word="?" />;
  return (
    <span title={now === null ? undefined : full(at)}>
      {now === null ? '' : since(Math.max(0, now - at))}
    </span>
  );
}

const QUEUE: Column<ConsumerRow> = {
  id: 'queue',
  head: 'Queue',
  sortable: true,
  grow: 1.1,
  cell: (c) => <QueueName vhost={c.vhost} name={c.queue} />,
};

const COLUMNS: readonly Column<ConsumerRow>[] = [
  {
    id: 'connection',
    head: 'Connection',
    sortable: true,
    grow: 1.4,
    cell: (c) => <ConnectionLink of={c} />,
  },
  {
    id: 'condition',
    head: 'How it does',
    sortable: true,
    grow: 2.2,
    cell: (c) => <ConditionCell row={c} />,
  },
  {
    id: 'tag',
    head: 'Tag',
    sortable: true,
    hideBelow: 1180,
    cell: (c) => (
      <span className="mono s" title={c.tag}>
        {c.tag}
      </span>
    ),
  },
  {
    id: 'peer',
    head: 'Peer',
    width: 160,
    hideBelow: 1500,
    cell: (c) =>
      c.peer === null ? <Unknown reason={NOT_REPORTED} /> : <span className="mono s">{c.peer}</span>,
  },
  {
    id: 'client',
    head: 'Client',
    width: 132,
    sortable: true,
    hideBelow: 1080,
    cell: (c) => {
      const words = clientOf(c);
      return words === null ? (
        <Unknown reason="the client did not say" />
      ) : (
        <span className="s" title={[words, c.client.platform].filter(Boolean).join(', ')}>
          {words}
        </span>
      );
    },
  },
  {
    id: 'ack',
    head: 'Ack',
    width: 60,
    hideBelow: 860,
    cell: (c) =>
      c.ackRequired ? (
        <span className="s t3">manual</span>
      ) : (
        <span
          className="s returned ink"
          title="the broker forgets a message as soon as it is sent: a crash loses it"
        >
          auto
        </span>
      ),
  },
  {
    id: 'prefetch',
    head: 'Prefetch',
    width: 74,
    align: 'end',
    sortable: true,
    cell: (c) => figure(c.prefetch, count, 'no limit'),
  },
  {
    id: 'unacked',
    head: 'Unacked',
    width: 72,
    align: 'end',
    sortable: true,
    cell: (c) => figure(c.unacked, count),
  },
  {
    id: 'oldest',
    head: 'Held for',
    width: 76,
    align: 'end',
    sortable: true,
    hideBelow: 700,
    cell: (c) => <OldestUnacked row={c} />,
  },
  {
    id: 'rate',
    head: 'Deliver /s',
    width: 80,
    align: 'end',
    sortable: true,
    cell: (c) => figure(c.deliverRate, short),
  },
  {
    id: 'age',
    head: 'Age',
    width: 58,
    align: 'end',
    sortable: true,
    hideBelow: 960,
    cell: (c) => <Age at={c.connectedAt} />,
  },
];

const ALL_COLUMNS: readonly Column<ConsumerRow>[] = [QUEUE, ...COLUMNS];

const SORTS: Record<string, (c: ConsumerRow) => string | number | null> = {
  queue: (c) => c.queue,
  connection: connectionOf,
  // the gravest first when falling
  condition: (c) => -conditionsByGravity.indexOf(c.condition),
  oldest: (c) => (c.oldestUnacked === null ? null : -c.oldestUnacked.latest),
  tag: (c) => c.tag,
  client: clientOf,
  prefetch: (c) => c.prefetch,
  unacked: (c) => c.unacked,
  rate: (c) => c.deliverRate,
  // the oldest connection has the greatest age
  age: (c) => (c.connectedAt === null ? null : -c.connectedAt),
};

/** What needs an eye first. */
export const DEFAULT_CONSUMER_SORT: Sort = { by: 'condition', desc: true };

/** `queue:asc` of the URL; anything else is the gravest first. */
export function parseConsumerSort(text: string | null): Sort {
  const [by = '', order] = (text ?? '').split(':');
  return Object.hasOwn(SORTS, by) ? { by, desc: order === 'desc' } : DEFAULT_CONSUMER_SORT;
}

function byName(a: ConsumerRow, b: ConsumerRow): number {
  if (a.queue !== b.queue) return a.queue < b.queue ? -1 : 1;
  return a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : 0;
}

/** Consumers as a table; on a phone two lines each. */
export function ConsumerTable({
  consumers,
  sort,
  onSort,
  showQueue,
  stale,
  onOpen,
}: {
  consumers: readonly ConsumerRow[];
  sort: Sort;
  onSort: (sort: Sort) => void;
  showQueue: boolean;
  stale: boolean;
  onOpen?: (row: ConsumerRow) => void;
}) {
  const rows = useMemo(() => {
    const value = SORTS[sort.by] ?? SORTS.queue;
    return consumers.toSorted((a, b) => {
      const x = value?.(a) ?? null;
      const y = value?.(b) ?? null;
      if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
      return (x < y ? -1 : x > y ? 1 : 0) * (sort.desc ? -1 : 1) || byName(a, b);
    });
  }, [consumers, sort]);
  return (
    <VirtualTable
      label="Consumers"
      columns={showQueue ? ALL_COLUMNS : COLUMNS}
      rows={rows}
      keyOf={consumerKey}
      sort={sort}
      onSort={onSort}
      stale={stale}
      hold={`${sort.by} ${sort.desc}`}
      phoneHeight={56}
      {...(onOpen ? { onOpen } : {})}
      phone={showQueue ? phoneRowOfAll : phoneRowOfQueue}
    />
  );
}

function phoneRowOfAll(c: ConsumerRow) {
  return <PhoneRow row={c} showQueue />;
}

function phoneRowOfQueue(c: ConsumerRow) {
  return <PhoneRow row={c} showQueue={false} />;
}

function PhoneRow({ row, showQueue }: { row: ConsumerRow; showQueue: boolean }) {
  const limit =
    row.prefetch === null
      ? 'prefetch unknown'
      : row.prefetch === 0
        ? 'no prefetch limit'
        : `prefetch ${row.prefetch}`;
  const figures = `${limit}, ${row.unacked === null ? 'unacked unknown' : `${count(row.unacked)} unacked`}`;
  return (
    <div className={styles.phoneRow}>
      {showQueue ? <QueueName vhost={row.vhost} name={row.queue} /> : <ConnectionLink of={row} />}
      <ConditionBadge row={row} />
      <span className={cx('s cut', row.words ? 't1' : 't3', styles.below)}>
        {row.words ? conditionWords(row) : showQueue ? `${connectionOf(row)}, ${figures}` : figures}
      </span>
    </div>
  );
}
