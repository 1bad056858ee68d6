'use client';
import Link from 'next/link';
import { useHref } from '@/app/_live/scope';
import { shortId } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Time } from '@/app/_ui/Time';
import type { JourneySummary } from '@/lib/model/journey';
import styles from './JourneyLine.module.css';
import { reasonWords } from './reason';
import { STATUS_SHAPE } from './status-shape';

/** The name by which people know a journey: its trace ID, else the best of its other IDs. */
export function journeyName(journey: Pick<JourneySummary, 'id' | 'ids'>): string {
  const { traceId, xTraceId, correlationId, messageId } = journey.ids;
  return traceId ?? xTraceId ?? correlationId ?? messageId ?? journey.id.slice(journey.id.indexOf(':') + 1);
}

/** One journey in a short list: when, which, where it died or went (`all`: every queue), and why. */
export function JourneyLine({ journey, all }: { journey: JourneySummary; all?: boolean }) {
  const href = useHref();
  const name = journeyName(journey);
  const dead = journey.status === 'dead';
  const where = all
    ? journey.queues.join(', ')
    : dead
      ? (journey.deathQueue ?? journey.queues[0])
      : journey.queues[0];
  return (
    <li className={`li ${styles.line}`}>
      <Glyph hop={STATUS_SHAPE[journey.status]} />
      <Time at={journey.lastAt} className="s t3 nw" />
      <Link
        className="name mono nw"
        href={href(`/journeys/${encodeURIComponent(journey.id)}`)}
        title={`${name}, ${journey.status}`}
      >
        {shortId(name)}
      </Link>
      <span className="grow" />
      {where ? (
        <span className="mono s cut">
          {where}
          {!all && journey.deliveries > 1 ? ` ×${journey.deliveries}` : ''}
        </span>
      ) : null}
      <span
        className={`cut ${styles.why} ${dead ? 'dead ink' : 't3'}`}
        title={journey.error ?? journey.reason ?? undefined}
      >
        {dead
          ? (journey.error ?? (journey.reason ? reasonWords(journey.reason) : 'no reason known'))
          : journey.status}
      </span>
    </li>
  );
}
