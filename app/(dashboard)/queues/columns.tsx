import { cx } from '@/app/_ui/cx';
import { bytes, count, percent, short } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { MeterBar } from '@/app/_ui/Meter';
import { Spark } from '@/app/_ui/Spark';
import { Unknown } from '@/app/_ui/Unknown';
import type { Column } from '@/app/_ui/VirtualTable';
import type { QueueRow } from '@/lib/model/live';
import { shapeOf, trendHue } from '../_parts/look';
import { QueueName } from '../_parts/QueueName';
import styles from './queues.module.css';

/** Why a queue's figures are unknown: its own reason, else what is generally so. */
function reasonOf(queue: QueueRow): string {
  return queue.attention?.level === 'unknown' ? queue.attention.words : 'the broker did not report it';
}

/** Of many queues the list tells neither size nor utilisation: they are read of a queue that somebody opens. */
const NOT_LISTED = 'the list does not tell it: open the queue to see what is known';

/** None of its depths is known: one hatch says it, not three words. */
export function isDark(queue: QueueRow): boolean {
  return queue.ready === null && queue.unacked === null && queue.total === null;
}

function figure(value: number | null, queue: QueueRow, format: (n: number) => string, strong = false) {
  if (value === null) return <Unknown reason={reasonOf(queue)} word="?" />;
  const look = value === 0 ? 'zero' : strong ? 't1' : null;
  // the fewer elements a row has, the less a scrolled frame costs
  return look ? <span className={look}>{format(value)}</span> : format(value);
}

function Reason({ queue }: { queue: QueueRow }) {
  const words = queue.attention?.words ?? '';
  const hue =
    queue.attention?.level === 'dead' ? 'dead ink' : queue.attention?.level === 'unknown' ? 't3' : 't1';
  return (
    <span className={cx(styles.reason, words.length > 26 && styles.long, hue)} title={words}>
      {words}
    </span>
  );
}

/** A column that may be left out; `first` are shown unless the URL says otherwise. */
export interface QueueColumn extends Column<QueueRow> {
  /** In the chooser; `head` may be short. */
  title: string;
  first: boolean;
}

/** All columns after the name, in their order. */
export const COLUMNS: readonly QueueColumn[] = [
  {
    id: 'vhost',
    title: 'Vhost',
    head: 'Vhost',
    first: true,
    width: 72,
    sortable: true,
    cell: (q) => <span className="mono s">{q.vhost}</span>,
  },
  {
    id: 'type',
    title: 'Type',
    head: 'Type',
    first: true,
    width: 60,
    sortable: true,
    hideBelow: 760,
    cell: (q) => <span className="s t3">{q.type}</span>,
  },
  {
    id: 'state',
    title: 'State',
    head: 'State',
    first: false,
    width: 76,
    sortable: true,
    cell: (q) =>
      q.state === null ? <Unknown reason={reasonOf(q)} /> : <span className="s t3">{q.state}</span>,
  },
  {
    id: 'node',
    title: 'Node',
    head: 'Node',
    first: false,
    width: 120,
    sortable: true,
    cell: (q) =>
      q.node === null ? <Unknown reason={reasonOf(q)} /> : <span className="mono s">{q.node}</span>,
  },
  {
    id: 'ready',
    title: 'Ready',
    head: 'Ready',
    first: true,
    width: 66,
    align: 'end',
    sortable: true,
    cell: (q) => figure(q.ready, q, count),
  },
  {
    id: 'unacked',
    title: 'Unacked',
    head: 'Unacked',
    first: true,
    width: 68,
    align: 'end',
    sortable: true,
    hideBelow: 720,
    cell: (q) => figure(q.unacked, q, count),
  },
  {
    id: 'total',
    title: 'Total',
    head: 'Total',
    first: true,
    width: 70,
    align: 'end',
    sortable: true,
    cell: (q) => figure(q.total, q, count, true),
  },
  {
    id: 'spark',
    title: 'Depth of late',
    head: 'Of late',
    first: true,
    width: 82,
    hideBelow: 820,
    cell: (q) => {
      // no line at all: at rest as long as it is known, which is a flat one; most of ten thousand are, and a drawing each
      // would be the dearest part of their rows
      if (q.spark.length === 0 && q.total === 0)
        return <span className={cx(styles.atRest, trendHue(q.attention))} aria-hidden="true" />;
      return q.spark.length > 1 ? <Spark values={q.spark} hue={trendHue(q.attention)} /> : null;
    },
  },
  {
    id: 'in',
    title: 'In, messages/s',
    head: 'In /s',
    first: true,
    width: 52,
    align: 'end',
    sortable: true,
    cell: (q) => figure(q.rates.publish, q, short),
  },
  {
    id: 'out',
    title: 'Out, messages/s',
    head: 'Out /s',
    first: true,
    width: 56,
    align: 'end',
    sortable: true,
    cell: (q) => figure(q.rates.deliver, q, short),
  },
  {
    id: 'ack',
    title: 'Acked, messages/s',
    head: 'Ack /s',
    first: false,
    width: 60,
    align: 'end',
    sortable: true,
    cell: (q) => figure(q.rates.ack, q, short),
  },
  {
    id: 'redeliver',
    title: 'Redelivered, messages/s',
    head: 'Redel. /s',
    first: false,
    width: 70,
    align: 'end',
    sortable: true,
    cell: (q) => figure(q.rates.redeliver, q, short),
  },
  {
    id: 'consumers',
    title: 'Consumers',
    head: 'Cons.',
    first: true,
    width: 52,
    align: 'end',
    sortable: true,
    cell: (q) => figure(q.consumers, q, count),
  },
  {
    id: 'utilisation',
    title: 'Consumer utilisation',
    head: 'Util.',
    first: true,
    width: 102,
    align: 'end',
    sortable: true,
    hideBelow: 900,
    cell: (q) => {
      // without a consumer the figure cannot exist: a dash; with one it may be unknown
      if (q.consumers === 0) return <span className="t3">–</span>;
      if (q.utilisation === null) return <Unknown reason={NOT_LISTED} word="?" />;
      return (
        <span className={styles.utilisation}>
          <MeterBar share={q.utilisation} label={`Consumer utilisation of ${q.name}`} />
          <span>{percent(q.utilisation)}</span>
        </span>
      );
    },
  },
  {
    id: 'bytes',
    title: 'Bytes',
    head: 'Size',
    first: false,
    width: 76,
    align: 'end',
    sortable: true,
    cell: (q) => (q.bytes === null ? <Unknown reason={NOT_LISTED} word="?" /> : figure(q.bytes, q, bytes)),
  },
  {
    id: 'policy',
    title: 'Policy',
    head: 'Policy',
    first: true,
    grow: 0.8,
    sortable: true,
    cell: (q) => <span className={cx('mono s', q.policy === null && 't3')}>{q.policy ?? 'none'}</span>,
  },
  {
    id: 'dlx',
    title: 'Dead letters to',
    head: 'Dead letters to',
    first: true,
    sortable: true,
    grow: 1.2,
    cell: (q) => {
      if (!q.deadLetter) return <span className="mono s t3">none</span>;
      const { exchange, routingKey, from } = q.deadLetter;
      return (
        <span
          className="mono s"
          title={`exchange ${exchange || '(default)'}, key ${routingKey ?? 'kept'}, by ${from}`}
        >
          {exchange}
          {routingKey === null ? null : (
            <span className={exchange ? 't3' : undefined}>
              {exchange ? ' ' : ''}
              {routingKey}
            </span>
          )}
        </span>
      );
    },
  },
];

export const DEFAULT_COLUMNS: readonly string[] = COLUMNS.filter((c) => c.first).map((c) => c.id);

/** `type,ready` of the URL; null or nothing known is the default. */
export function parseColumns(text: string | null): string[] {
  const known = (text ?? '').split(',').filter((id) => COLUMNS.some((c) => c.id === id));
  return known.length > 0 ? known : [...DEFAULT_COLUMNS];
}

const DEPTHS = ['ready', 'unacked', 'total', 'spark'];
const FLOWS = ['in', 'out', 'ack', 'redeliver', 'consumers', 'utilisation'];

/**
 * The table's columns for what is chosen. A queue with a reason says it across policy and dead letters when those are
 * the last two, else in a column of its own; one of which nothing is known shows one hatch over its depths and one word over its rates.
 */
export function columnsFor(chosen: readonly string[], showVhost: boolean): Column<QueueRow>[] {
  const picked = COLUMNS.filter((c) => chosen.includes(c.id) && (c.id !== 'vhost' || showVhost));
  const name: Column<QueueRow> = {
    id: 'name',
    head: 'Queue',
    sortable: true,
    grow: showVhost ? 2.2 : 2,
    cell: (q) => (
      <span className="row">
        {q.attention ? (
          <Glyph hop={shapeOf(q.attention)} label="needs a look" />
        ) : (
          <span className={styles.noGlyph} />
        )}
        <QueueName vhost={q.vhost} name={q.name} />
      </span>
    ),
  };
  const across = picked.at(-2)?.id === 'policy' && picked.at(-1)?.id === 'dlx';
  const why: Column<QueueRow> = {
    id: 'why',
    head: 'Needs a look',
    grow: 2,
    cell: (q) => (q.attention ? <Reason queue={q} /> : null),
  };
  const firstDepth = picked.find((c) => DEPTHS.includes(c.id))?.id;
  const firstFlow = picked.find((c) => FLOWS.includes(c.id))?.id;
  return [
    name,
    ...picked.map((column): Column<QueueRow> => {
      if (column.id === 'policy' && across)
        return {
          ...column,
          covers: (q) => (q.attention ? ['dlx'] : []),
          cell: (q) => (q.attention ? <Reason queue={q} /> : column.cell(q)),
        };
      if (column.id === firstDepth) {
        return {
          ...column,
          covers: (q) => (isDark(q) ? DEPTHS : []),
          cell: (q) => (isDark(q) ? <Unknown reason={reasonOf(q)} bar /> : column.cell(q)),
        };
      }
      if (column.id === firstFlow) {
        const flows = (q: QueueRow) => isDark(q) && q.rates.publish === null && q.consumers === null;
        return {
          ...column,
          covers: (q) => (flows(q) ? FLOWS : []),
          cell: (q) => (flows(q) ? <Unknown reason={reasonOf(q)} /> : column.cell(q)),
        };
      }
      return column;
    }),
    // without those two columns the reasons need one of their own
    ...(across ? [] : [why]),
  ];
}
