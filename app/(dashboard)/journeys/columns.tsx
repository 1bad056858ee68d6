'use client';
import Link from 'next/link';
import { useHref } from '@/app/_live/scope';
import { Badge } from '@/app/_ui/Badge';
import { CopyButton } from '@/app/_ui/CopyButton';
import { cx } from '@/app/_ui/cx';
import { count, duration, shortId } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Time } from '@/app/_ui/Time';
import { Unknown } from '@/app/_ui/Unknown';
import type { Column } from '@/app/_ui/VirtualTable';
import type { JourneySummary } from '@/lib/model/journey';
import { journeyName } from '../_parts/JourneyLine';
import { reasonWords } from '../_parts/reason';
import { STATUS_SHAPE } from '../_parts/status-shape';
import styles from './journeys.module.css';
import { Marked } from './Marked';

function Name({ journey, copy }: { journey: JourneySummary; copy?: boolean }) {
  const href = useHref();
  const name = journeyName(journey);
  return (
    <span className={styles.name}>
      <Link className="name mono cut" href={href(`/journeys/${encodeURIComponent(journey.id)}`)} title={name}>
        {shortId(name)}
      </Link>
      {copy ? <CopyButton text={name} what={`the ID ${shortId(name)}`} /> : null}
    </span>
  );
}

function exchangeName(name: string | null): string {
  return name === '' ? '(default exchange)' : (name ?? 'unknown exchange');
}

/** "billing, audit", the queue of its death first and in red. */
function Way({ journey, find }: { journey: JourneySummary; find: string }) {
  const { deathQueue, queues } = journey;
  const others = queues.filter((q) => q !== deathQueue);
  const words = others.slice(0, 6).join(', ') + (others.length > 6 ? `, ${others.length - 6} more` : '');
  return (
    <span className="mono cut" title={queues.join(', ')}>
      {deathQueue ? (
        <span className="dead ink">
          <Marked text={deathQueue} find={find} />
        </span>
      ) : null}
      {deathQueue && others.length > 0 ? ', ' : ''}
      <Marked text={words} find={find} />
      {queues.length === 0 ? <span className="t3">no queue</span> : null}
    </span>
  );
}

function whyOf(journey: JourneySummary): string | null {
  if (journey.error) return journey.error;
  return journey.reason === null ? null : reasonWords(journey.reason);
}

/** From publish to first delivery: a dash while nobody got it, unknown where one of the two was not seen. */
function Latency({ journey }: { journey: JourneySummary }) {
  if (journey.latencyMs !== null) return <span className="nw">{duration(journey.latencyMs)}</span>;
  if (journey.deliveries === 0)
    return (
      <span className="t3" title="not delivered yet, as far as was seen">
        –
      </span>
    );
  return <Unknown reason="its publish was not seen" />;
}

/** `find`: what is looked for, marked where a row says it. */
export function columnsFor(find: string): readonly Column<JourneySummary>[] {
  return [
    {
      id: 'seen',
      head: 'Last seen',
      width: 104,
      cell: (j) => <Time at={j.lastAt} ms className="s t3 nw" />,
    },
    {
      id: 'status',
      head: 'Status',
      width: 98,
      cell: (j) => <Badge hop={STATUS_SHAPE[j.status]}>{j.status}</Badge>,
    },
    { id: 'name', head: 'Trace or message', width: 162, cell: (j) => <Name journey={j} copy /> },
    {
      id: 'key',
      head: 'Exchange and key',
      hideBelow: 860,
      grow: 1.1,
      cell: (j) => (
        <span className="cut" title={`${exchangeName(j.exchange)}, key ${j.routingKey ?? 'unknown'}`}>
          <span className="mono t1">
            <Marked text={exchangeName(j.exchange)} find={find} />
          </span>{' '}
          <span className="mono t3">
            <Marked text={j.routingKey ?? ''} find={find} />
          </span>
        </span>
      ),
    },
    { id: 'way', head: 'Queues', cell: (j) => <Way journey={j} find={find} /> },
    {
      id: 'deliveries',
      head: 'Deliveries',
      width: 72,
      align: 'end',
      hideBelow: 980,
      cell: (j) => count(j.deliveries),
    },
    {
      id: 'deaths',
      head: 'Deaths',
      width: 58,
      align: 'end',
      hideBelow: 980,
      cell: (j) => <span className={cx(j.deaths === 0 ? 'zero' : 'dead ink')}>{count(j.deaths)}</span>,
    },
    {
      id: 'latency',
      head: <span title="from publish to first delivery">To delivery</span>,
      width: 86,
      align: 'end',
      hideBelow: 760,
      cell: (j) => <Latency journey={j} />,
    },
    {
      id: 'why',
      head: 'Why',
      cell: (j) => {
        const why = whyOf(j);
        return why === null ? null : (
          <span className={cx('cut', j.status === 'dead' ? 'dead ink' : 't3')} title={why}>
            <Marked text={why} find={find} />
          </span>
        );
      },
    },
  ];
}

export function phoneRow(journey: JourneySummary) {
  const why = whyOf(journey);
  const { latencyMs } = journey;
  return (
    <span className={styles.phoneRow}>
      <Glyph hop={STATUS_SHAPE[journey.status]} size={18} label={journey.status} />
      <span className={styles.phoneWords}>
        <span className="row">
          <Name journey={journey} /> <span className="mono t3 cut">{journey.routingKey ?? ''}</span>
        </span>
        <span className={cx('s cut', journey.status === 'dead' ? 'dead ink' : 't3')}>
          {why ?? (journey.queues.join(', ') || journey.status)}
        </span>
      </span>
      <span className={styles.phoneTime}>
        <Time at={journey.lastAt} className="s t3 nw" />
        <span className="s t3 nw">{latencyMs === null ? '' : duration(latencyMs)}</span>
      </span>
    </span>
  );
}
