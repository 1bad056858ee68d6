'use client';
import Link from 'next/link';
import { useApi } from '@/app/_live/query';
import { useHref } from '@/app/_live/scope';
import { Badge } from '@/app/_ui/Badge';
import { ButtonLink } from '@/app/_ui/Button';
import { CopyButton } from '@/app/_ui/CopyButton';
import { duration, shortId } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import type { Shape } from '@/app/_ui/hop';
import { Panel } from '@/app/_ui/Panel';
import { Time } from '@/app/_ui/Time';
import type { JourneyAnswer, PublishAnswer } from '@/lib/model/api';
import { STATUS_SHAPE } from '../_parts/status-shape';
import styles from './publish.module.css';
import type { SentMessage } from './sent-before';

const SHAPES: Record<PublishAnswer['outcome'], Shape> = {
  confirmed: 'published',
  returned: 'returned',
  rejected: 'dead',
  unknown: 'unknown',
};

export const journeyPath = (answer: PublishAnswer) => `/journeys/${encodeURIComponent(answer.journey)}`;

/** How the last publish ended, in words, and what becomes of the message since. */
export function LastSent({ sent }: { sent: SentMessage }) {
  const href = useHref();
  const { answer } = sent;
  return (
    <Panel title="Last sent" more={<Time at={sent.at} />}>
      <div className={styles.last}>
        <div className="row">
          <Badge hop={SHAPES[answer.outcome]}>{answer.outcome}</Badge>
          <span className="s t3">in {duration(answer.tookMs)}</span>
        </div>
        <p className="t1 wrap">{answer.words}</p>
        {answer.outcome === 'confirmed' || answer.outcome === 'unknown' ? (
          <Since key={answer.messageId} journey={answer.journey} />
        ) : null}
        <dl className={styles.ids}>
          <dt>Trace</dt>
          <dd className="row">
            <code className="cut">{answer.traceId}</code>
            <CopyButton text={answer.traceId} what="the trace ID" />
          </dd>
          <dt>Message</dt>
          <dd className="row">
            <code className="cut">{answer.messageId}</code>
            <CopyButton text={answer.messageId} what="the message ID" />
          </dd>
        </dl>
        <div>
          <ButtonLink href={href(journeyPath(answer))} icon="journeys">
            Follow its journey
          </ButtonLink>
        </div>
      </div>
    </Panel>
  );
}

/** Where the message stands by now, as its journey tells it. */
function Since({ journey }: { journey: string }) {
  const { data } = useApi<JourneyAnswer>(
    ['journey', journey],
    `/api/journeys/${encodeURIComponent(journey)}`,
    {
      every: 2_000,
      keep: false,
    },
  );
  return (
    <p className="row" role="status">
      {data ? (
        <>
          <Glyph hop={STATUS_SHAPE[data.journey.status]} />
          <span>
            now <b>{data.journey.status}</b>
          </span>
        </>
      ) : (
        <>
          <Glyph hop="waiting" mode="hollow" />
          <span className="t3">waiting for what the tap sees</span>
        </>
      )}
    </p>
  );
}

/** What was sent before from this tab. */
export function SentBefore({ sent }: { sent: readonly SentMessage[] }) {
  const href = useHref();
  return (
    <Panel title="Sent before" count={sent.length}>
      <ul>
        {sent.map(({ at, answer }) => (
          <li key={answer.messageId + String(at)} className="li">
            <Glyph hop={SHAPES[answer.outcome]} label={answer.outcome} />
            <Time at={at} className="s t3 nw" />
            <Link className="name mono nw" href={href(journeyPath(answer))}>
              {shortId(answer.traceId)}
            </Link>
            <span className="grow" />
            <span className="mono s cut">
              {[answer.exchange, answer.routingKey].filter(Boolean).join(' ')}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
