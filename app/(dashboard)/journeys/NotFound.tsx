'use client';
import type { ReactNode } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { useApi } from '@/app/_live/query';
import { Button } from '@/app/_ui/Button';
import { useNow } from '@/app/_ui/clock';
import { Empty } from '@/app/_ui/Empty';
import { bytes, percent } from '@/app/_ui/format';
import { Panel } from '@/app/_ui/Panel';
import { Time } from '@/app/_ui/Time';
import type { CaptureAnswer } from '@/lib/model/api';
import { chipText } from '../_parts/find/filter-text';
import { askedOf, type Question } from '../_parts/find/question';
import styles from './journeys.module.css';
import type { Asking } from './use-question';

/** Nothing fits: what was asked, each part of which can be let go, and what could not have been seen at all. */
export function NotFound({
  asking,
  note,
  searchedTo,
  further,
}: {
  asking: Asking;
  note: string | null;
  /** ms since 1970: the search stopped here, before its end. */
  searchedTo: number | null;
  /** The way on. */
  further: ReactNode;
}) {
  const now = useNow();
  const { question } = asking;
  const conditions = question.conditions.filter((c) => c.field !== 'vhost');
  const shown = question.q.length > 80 ? `${question.q.slice(0, 77)}…` : question.q;
  const title = further
    ? 'Nothing found so far'
    : conditions.length === 0
      ? 'No journey has this ID'
      : conditions.length === 1 && !question.q
        ? 'No journey fits this filter'
        : 'No journey fits all of this';
  return (
    <Panel label="Journeys">
      <Empty title={title} action={<Button onClick={asking.clear}>Show the latest</Button>}>
        <div className={styles.reasons}>
          {further ? <p className={styles.further}>{further}</p> : null}
          {question.q ? (
            <p className="wrap">
              No message with <span className="mono">{shown}</span> as trace ID, X-Trace-ID, correlation ID,
              message ID or replay ID was seen{searchedTo === null ? '' : ' in this time'}, and no journey
              mentions it in its names or its error. In bodies it is sought with <code>text:</code>.
            </p>
          ) : null}
          {conditions.length > 0 && (conditions.length > 1 || question.q) ? (
            <p className={styles.without}>
              Without
              {conditions.map((condition) => (
                <Button
                  key={`${condition.field} ${condition.value}`}
                  small
                  icon="close"
                  onClick={() => asking.remove(condition)}
                >
                  {chipText(condition, now)}
                </Button>
              ))}
            </p>
          ) : null}
          <Unseen question={question} />
          {note ? <p className="wrap">{note}</p> : null}
          <p className="t3">This list looks again every few seconds.</p>
        </div>
      </Empty>
    </Panel>
  );
}

/** What the taps and the settings leave out, as far as it bears on the question. */
function Unseen({ question }: { question: Question }) {
  const live = useLive();
  const { data } = useApi<CaptureAnswer>(['capture'], '/api/capture');
  const vhost = askedOf(question, 'vhost');
  const on = (live?.status.taps ?? []).filter(
    (t) => t.state === 'on' && (vhost === null || t.vhost === vhost),
  );
  const oldest = live?.status.store.oldestAt ?? null;
  const settings = data?.settings;
  const narrow = Object.entries(settings?.scopes ?? {}).filter(
    ([name, scope]) => scope.mode === 'chosen' && (vhost === null || name === vhost),
  );
  const asksText = askedOf(question, 'text') !== null;
  const body = settings?.body;
  const redacted = askedOf(question, 'header') !== null && (data?.redaction.headers.length ?? 0) > 0;
  return (
    <ul>
      {on.map((tap) => (
        <li key={tap.vhost}>
          The tap listens in <span className="mono">{tap.vhost}</span>
          {tap.since === null ? '' : ' since '}
          {tap.since === null ? null : <Time at={tap.since} />}.
        </li>
      ))}
      {oldest === null ? null : (
        <li>
          What is kept begins at <Time at={oldest} />.
        </li>
      )}
      {narrow.map(([name, scope]) =>
        scope.mode === 'chosen' ? (
          <li key={name} className="wrap">
            In <span className="mono">{name}</span> only chosen names are listened to:{' '}
            <span className="mono">
              {[...scope.exchanges.map((e) => e || '(default exchange)'), ...scope.queues].join(', ') ||
                'none'}
            </span>
            .
          </li>
        ) : null,
      )}
      {settings && settings.sampling < 1 ? (
        <li>Of all journeys {percent(settings.sampling)} are kept, chosen by their ID.</li>
      ) : null}
      {asksText && body?.mode === 'off' ? (
        <li>Bodies are not kept, so that no text is found in them.</li>
      ) : null}
      {asksText && body?.mode === 'first' ? (
        <li>Of each body the first {bytes(body.firstBytes)} are kept; text beyond them is not found.</li>
      ) : null}
      {redacted ? (
        <li className="wrap">
          Values of these headers are never kept:{' '}
          <span className="mono">{data?.redaction.headers.join(', ')}</span>.
        </li>
      ) : null}
    </ul>
  );
}
