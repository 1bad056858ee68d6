'use client';
import Link from 'next/link';
import { useHref } from '@/app/_live/scope';
import { Badge } from '@/app/_ui/Badge';
import { cx } from '@/app/_ui/cx';
import { count, duration, shortId } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Time } from '@/app/_ui/Time';
import type { Column } from '@/app/_ui/VirtualTable';
import type { JourneySummary } from '@/lib/model/journey';
import { journeyName } from '../_parts/JourneyLine';
import { reasonWords } from '../_parts/reason';
import { nameOfExchange, STATUS_SHAPE } from './[id]/hop-words';
import styles from './journeys.module.css';

function Name({ journey }: { journey: JourneySummary }) {
  const href = useHref();
  const name = journeyName(journey);
  return (
    <Link className="name mono" href={href(`/journeys/${encodeURIComponent(journey.id)}`)} title={name}>
      {shortId(name)}
    </Link>
  );
}

/** "billing, audit", the queue of its death first and in red. */
function Way({ journey }: { journey: JourneySummary }) {
  const { deathQueue, queues } = journey;
  const others = queues.filter((q) => q !== deathQueue);
  const words = others.slice(0, 6).join(', ') + (others.length > 6 ? `, ${others.length - 6} more` : '');
  return (
    <span className="mono cut" title={queues.join(', ')}>
      {deathQueue ? <span className="dead ink">{deathQueue}</span> : null}
      {deathQueue && others.length > 0 ? ', ' : ''}
      {words}
      {queues.length === 0 ? <span className="t3">no queue</span> : null}
    </span>
  );
}

function whyOf(journey: JourneySummary): string | null {
  if (journey.error) return journey.error;
  return journey.reason === null ? null : reasonWords(journey.reason);
}

export const COLUMNS: readonly Column<JourneySummary>[] = [
  {
    id: 'seen',
    head: 'Last seen',
    width: 116,
    cell: (j) => <Time at={j.lastAt} ms className="s t3 nw" />,
  },
  { id: 'name', head: 'Trace or message', width: 168, cell: (j) => <Name journey={j} /> },
  {
    id: 'key',
    head: 'Exchange and key',
    hideBelow: 860,
    cell: (j) => (
      <span className="cut" title={`${nameOfExchange(j.exchange)}, key ${j.routingKey ?? 'unknown'}`}>
        <span className="mono t1">{nameOfExchange(j.exchange)}</span>{' '}
        <span className="mono t3">{j.routingKey ?? ''}</span>
      </span>
    ),
  },
  { id: 'way', head: 'Queues', cell: (j) => <Way journey={j} /> },
  {
    id: 'deliveries',
    head: 'Deliveries',
    width: 80,
    align: 'end',
    hideBelow: 980,
    cell: (j) => count(j.deliveries),
  },
  {
    id: 'took',
    head: 'First to last',
    width: 96,
    align: 'end',
    hideBelow: 760,
    cell: (j) => <span className="nw">{duration(j.lastAt - j.firstAt)}</span>,
  },
  {
    id: 'status',
    head: 'Status',
    width: 104,
    cell: (j) => <Badge hop={STATUS_SHAPE[j.status]}>{j.status}</Badge>,
  },
  {
    id: 'why',
    head: 'Why',
    cell: (j) => {
      const why = whyOf(j);
      return why === null ? null : (
        <span className={cx('cut', j.status === 'dead' ? 'dead ink' : 't3')} title={why}>
          {why}
        </span>
      );
    },
  },
];

export function phoneRow(journey: JourneySummary) {
  const why = whyOf(journey);
  return (
    <span className={styles.phoneRow}>
      <Glyph hop={STATUS_SHAPE[journey.status]} size={18} label={journey.status} />
      <span className={styles.phoneWords}>
        <span className="cut">
          <Name journey={journey} /> <span className="mono t3">{journey.routingKey ?? ''}</span>
        </span>
        <span className={cx('s cut', journey.status === 'dead' ? 'dead ink' : 't3')}>
          {why ?? (journey.queues.join(', ') || journey.status)}
        </span>
      </span>
      <Time at={journey.lastAt} className="s t3 nw" />
    </span>
  );
}
