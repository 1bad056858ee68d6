'use client';
import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useState } from 'react';
import { useApi } from '@/app/_live/query';
import { useHref, useUrlState, useVhost } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { Chip } from '@/app/_ui/Chip';
import { cx } from '@/app/_ui/cx';
import { SearchField } from '@/app/_ui/Field';
import { counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Icon } from '@/app/_ui/Icon';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import { VirtualTable } from '@/app/_ui/VirtualTable';
import type { JourneyList } from '@/lib/model/api';
import type { JourneyStatus, JourneySummary } from '@/lib/model/journey';
import { journeyStatuses } from '@/lib/model/names';
import { Loaded } from '../_parts/Loaded';
import { STATUS_SHAPE } from './[id]/hop-words';
import { COLUMNS, phoneRow } from './columns';
import styles from './journeys.module.css';
import { queryText, questionOf } from './question';
import { useOlder } from './use-older';

const NoJourneys = later(() => import('./NoJourneys').then((m) => m.NoJourneys));
const NotFound = later(() => import('./NotFound').then((m) => m.NotFound));

/** How long typing rests before it is searched, ms. */
const REST_MS = 250;

/** The latest journeys as they come in, or those that an ID belongs to. All choices live in the URL. */
export function Journeys() {
  const vhost = useVhost();
  const [params, setParams] = useUrlState();
  const [paused, setPaused] = useState(false);
  const question = questionOf(params, vhost);
  const query = queryText(question);
  const list = useApi<JourneyList>(['journeys', query], `/api/journeys?${query}`, {
    every: paused ? undefined : 1_000,
  });
  return (
    <>
      <div className="pagehead">
        <h1>Journeys</h1>
        <span className="t3">
          {list.data ? told(list.data, question.q) : null}
          {vhost === null ? '' : ' in '}
          {vhost === null ? null : <span className="mono">{vhost}</span>}
        </span>
        <span className="grow" />
      </div>
      <div className={styles.filters}>
        <Search q={question.q ?? ''} queue={question.queue ?? null} />
        <Button icon={paused ? 'play' : 'pause'} aria-pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? 'Live tail' : 'Pause'}
        </Button>
        <Statuses value={question.status ?? null} onChange={(status) => setParams({ status })} />
      </div>
      <Loaded
        state={list}
        skeleton={
          <Panel label="Journeys">
            <SkeletonRows rows={14} label="Reading journeys" />
          </Panel>
        }
      >
        {(data) => (
          <Shown
            data={data}
            query={query}
            asked={question.q ?? null}
            filtered={Boolean(question.status ?? question.queue)}
          />
        )}
      </Loaded>
    </>
  );
}

function told(data: JourneyList, q: string | undefined): string {
  if (data.journeys.length === 0) return 'none';
  if (q) return `${counted(data.journeys.length, 'match', 'matches')}`;
  return data.next ? `the latest ${data.journeys.length}` : counted(data.journeys.length, 'journey');
}

/** What is typed goes to the URL when typing rests; Enter searches at once. */
function Search({ q, queue }: { q: string; queue: string | null }) {
  const [, setParams] = useUrlState();
  const [text, setText] = useState(q);
  const [known, setKnown] = useState(q);
  if (known !== q) {
    setKnown(q);
    // changed from outside (a link, the back button), not by what was typed here
    if (text.trim() !== q) setText(q);
  }
  useEffect(() => {
    if (text.trim() === q) return;
    const timer = setTimeout(() => setParams({ q: text.trim() }), REST_MS);
    return () => clearTimeout(timer);
  }, [text, q, setParams]);
  return (
    <SearchField
      label="Find journeys"
      placeholder="trace ID, X-Trace-ID, correlation, message or replay ID, queue, exchange, error"
      value={text}
      onChange={setText}
      onSubmit={(value) => setParams({ q: value.trim() })}
      chips={
        queue === null ? null : (
          <Chip name={`queue ${queue}`} onRemove={() => setParams({ queue: null })}>
            queue:{queue}
          </Chip>
        )
      }
    />
  );
}

function Statuses({
  value,
  onChange,
}: {
  value: JourneyStatus | null;
  onChange: (status: JourneyStatus | null) => void;
}) {
  return (
    <fieldset className={styles.statuses}>
      <legend className="vh">Which journeys</legend>
      <button type="button" aria-pressed={value === null} onClick={() => onChange(null)}>
        All
      </button>
      {journeyStatuses.map((status) => (
        <button
          key={status}
          type="button"
          aria-pressed={value === status}
          onClick={() => onChange(value === status ? null : status)}
        >
          <Glyph hop={STATUS_SHAPE[status]} size={14} />
          {status}
        </button>
      ))}
    </fieldset>
  );
}

function Shown({
  data,
  query,
  asked,
  filtered,
}: {
  data: JourneyList;
  query: string;
  asked: string | null;
  filtered: boolean;
}) {
  const router = useRouter();
  const href = useHref();
  const [, setParams] = useUrlState();
  const [waiting, setWaiting] = useState<number | null>(null);
  const { rows, more, busy, problem } = useOlder(data, query);
  const open = useCallback(
    (j: JourneySummary) => router.push(href(`/journeys/${encodeURIComponent(j.id)}`)),
    [router, href],
  );
  if (rows.length === 0) {
    if (asked) return <NotFound id={asked} note={data.note} />;
    if (filtered)
      return (
        <Panel label="Journeys" pad>
          <p>
            No journey fits.{' '}
            <button type="button" className="link" onClick={() => setParams({ status: null, queue: null })}>
              Show all journeys
            </button>
          </p>
        </Panel>
      );
    return <NoJourneys />;
  }
  return (
    <>
      {data.note ? (
        <p className={cx('row wrap', styles.note)}>
          <Glyph hop="warn" />
          {data.note}
        </p>
      ) : null}
      <Panel label="Journeys">
        <VirtualTable
          label="Journeys"
          columns={COLUMNS}
          rows={rows}
          keyOf={keyOf}
          onOpen={open}
          phone={phoneRow}
          phoneHeight={56}
          hold={query}
          onHeld={setWaiting}
        />
      </Panel>
      <p className={cx('row s t3', styles.foot)}>
        {more ? (
          <Button small busy={busy} onClick={more}>
            Show older
          </Button>
        ) : null}
        {problem ? <span className="dead ink">{problem.detail}</span> : null}
        <span className="grow" />
        {waiting === null ? null : (
          <span className="row" role="status">
            <Icon name="pause" size={14} />
            {waiting === 0 ? 'held while you point' : `${waiting} new, held while you point`}
          </span>
        )}
      </p>
    </>
  );
}

function keyOf(journey: JourneySummary): string {
  return journey.id;
}
