'use client';
import { useMemo } from 'react';
import { Badge } from '@/app/_ui/Badge';
import { useNow } from '@/app/_ui/clock';
import { cx } from '@/app/_ui/cx';
import { count, full, short, since } from '@/app/_ui/format';
import { Unknown } from '@/app/_ui/Unknown';
import { type Column, type Sort, VirtualTable } from '@/app/_ui/VirtualTable';
import type { Consumer } from '@/lib/model/broker';
import { activityOf, clientOf, connectionOf, consumerKey } from './consumer-words';
import styles from './consumers.module.css';
import { QueueName } from './QueueName';

const NOT_REPORTED = 'the broker did not report it';

function figure(value: number | null, format: (n: number) => string, zero?: string) {
  if (value === null) return <Unknown reason={NOT_REPORTED} word="?" />;
  if (value === 0 && zero) return <span className="returned ink">{zero}</span>;
  return <span className={cx(value === 0 && 'zero')}>{format(value)}</span>;
}

function Activity({ consumer }: { consumer: Consumer }) {
  const words = activityOf(consumer);
  if (words === null) return <Unknown reason={NOT_REPORTED} />;
  return <Badge hop={words === 'waiting' ? 'waiting' : 'delivered'}>{words}</Badge>;
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

const QUEUE: Column<Consumer> = {
  id: 'queue',
  head: 'Queue',
  sortable: true,
  grow: 1.3,
  cell: (c) => <QueueName vhost={c.vhost} name={c.queue} />,
};

const COLUMNS: readonly Column<Consumer>[] = [
  {
    id: 'connection',
    head: 'Connection',
    sortable: true,
    grow: 1.4,
    cell: (c) => (
      <span className="mono t1" title={c.connection}>
        {connectionOf(c)}
      </span>
    ),
  },
  {
    id: 'tag',
    head: 'Tag',
    sortable: true,
    hideBelow: 760,
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
    hideBelow: 1180,
    cell: (c) =>
      c.peer === null ? <Unknown reason={NOT_REPORTED} /> : <span className="mono s">{c.peer}</span>,
  },
  {
    id: 'client',
    head: 'Client',
    width: 140,
    sortable: true,
    hideBelow: 900,
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
  { id: 'activity', head: 'State', width: 132, cell: (c) => <Activity consumer={c} /> },
  {
    id: 'ack',
    head: 'Ack',
    width: 64,
    hideBelow: 700,
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
    cell: (c) => <Age at={c.connectedAt} />,
  },
];

const SORTS: Record<string, (c: Consumer) => string | number | null> = {
  queue: (c) => c.queue,
  connection: connectionOf,
  tag: (c) => c.tag,
  client: clientOf,
  prefetch: (c) => c.prefetch,
  unacked: (c) => c.unacked,
  rate: (c) => c.deliverRate,
  // the oldest connection has the greatest age
  age: (c) => (c.connectedAt === null ? null : -c.connectedAt),
};

/** `queue:asc` of the URL; anything else is by queue. */
export function parseConsumerSort(text: string | null): Sort {
  const [by = '', order] = (text ?? '').split(':');
  return Object.hasOwn(SORTS, by) ? { by, desc: order === 'desc' } : { by: 'queue', desc: false };
}

/** Consumers as a table; on a phone two lines each. */
export function ConsumerTable({
  consumers,
  sort,
  onSort,
  showQueue,
  stale,
}: {
  consumers: readonly Consumer[];
  sort: Sort;
  onSort: (sort: Sort) => void;
  showQueue: boolean;
  stale: boolean;
}) {
  const rows = useMemo(() => {
    const value = SORTS[sort.by] ?? SORTS.queue;
    return consumers.toSorted((a, b) => {
      const x = value?.(a) ?? null;
      const y = value?.(b) ?? null;
      if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
      return (x < y ? -1 : x > y ? 1 : 0) * (sort.desc ? -1 : 1) || (a.tag < b.tag ? -1 : 1);
    });
  }, [consumers, sort]);
  return (
    <VirtualTable
      label="Consumers"
      columns={showQueue ? [QUEUE, ...COLUMNS] : COLUMNS}
      rows={rows}
      keyOf={consumerKey}
      sort={sort}
      onSort={onSort}
      stale={stale}
      hold={`${sort.by} ${sort.desc}`}
      phoneHeight={56}
      phone={(c) => (
        <div className={styles.phoneRow}>
          {showQueue ? (
            <QueueName vhost={c.vhost} name={c.queue} />
          ) : (
            <span className="mono t1 cut">{connectionOf(c)}</span>
          )}
          <Activity consumer={c} />
          <span className={cx('s t3 cut', styles.below)}>
            {showQueue ? `${connectionOf(c)}, ` : ''}
            {c.prefetch === null
              ? 'prefetch unknown'
              : c.prefetch === 0
                ? 'no prefetch limit'
                : `prefetch ${c.prefetch}`}
            , {c.unacked === null ? 'unacked unknown' : `${count(c.unacked)} unacked`}
          </span>
        </div>
      )}
    />
  );
}
