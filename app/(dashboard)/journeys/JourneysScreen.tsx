'use client';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { useApi } from '@/app/_live/query';
import { useUrlState } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { useNow } from '@/app/_ui/clock';
import { Choices, Filters } from '@/app/_ui/Filters';
import { Glyph } from '@/app/_ui/Glyph';
import { later } from '@/app/_ui/later';
import { Segmented } from '@/app/_ui/Segmented';
import type { JourneyList } from '@/lib/model/api';
import { journeyStatuses } from '@/lib/model/names';
import { askedOf, queryText, viewText } from '../_parts/find/question';
import { STATUS_SHAPE } from '../_parts/status-shape';
import { FilterBox, focusRows } from './FilterBox';
import { FilterMenu } from './FilterMenu';
import { Found } from './Found';
import styles from './journeys.module.css';
import { knownOf } from './known';
import { LiveRows } from './LiveRows';
import { TimeMenu } from './TimeMenu';
import { type Asking, useQuestion } from './use-question';
import { useTail } from './use-tail';

const LatencyView = later(() => import('./LatencyView').then((m) => m.LatencyView));

/** How often the list is read again, ms: a search that looks into messages costs more, and beside a tail it only mends. */
const EVERY = { plain: 2_000, deep: 5_000, beside: 10_000 };

export function JourneysScreen() {
  const asking = useQuestion();
  const { question } = asking;
  const live = useLive();
  const now = useNow();
  const rows = useRef<HTMLDivElement>(null);
  const [params, setParams] = useUrlState();
  const [still, setStill] = useState(false);
  const latency = params.get('view') === 'latency';
  const tailing = params.get('live') === '1' && !latency;
  const view = viewText(question);
  const query = useCallback(() => queryText(question, Date.now()), [question]);
  const deep = question.conditions.some((c) => ['text', 'header', 'client', 'key'].includes(c.field));
  const list = useApi<JourneyList>(
    ['journeys', view],
    now === null || latency ? null : `/api/journeys?${queryText(question, now)}`,
    { every: tailing ? EVERY.beside : still ? undefined : deep ? EVERY.deep : EVERY.plain },
  );
  const fresh = list.previous ? undefined : list.data;
  const tail = useTail(view, query, tailing, fresh?.journeys);
  const problem = tail.problem ?? list.problem;
  const known = useMemo(
    () => knownOf(live, tailing ? tail.rows : (list.data?.journeys ?? [])),
    [live, tailing, tail.rows, list.data],
  );
  const refused = (problem?.errors ?? []).map((e) => e.path.split('.')[0] ?? '');
  return (
    <>
      <div className="pagehead">
        <h1>Journeys</h1>
        <span className="grow" />
        <Segmented
          label="What to show"
          value={latency ? 'latency' : 'messages'}
          options={[
            { value: 'messages', label: 'Messages' },
            { value: 'latency', label: 'Latency' },
          ]}
          onChange={(to) => setParams({ view: to === 'latency' ? to : null, live: null })}
        />
      </div>
      <Filters>
        <FilterBox asking={asking} known={known} refused={refused} onDown={() => focusRows(rows)} />
        <FilterMenu asking={asking} known={known} />
        <TimeMenu asking={asking} />
        {latency ? null : (
          <Button
            icon="play"
            aria-pressed={tailing}
            className={tailing ? styles.on : undefined}
            title={tailing ? 'Back to the list' : 'Show what comes in, as it comes in'}
            onClick={() => setParams({ live: tailing ? null : '1' })}
          >
            Live
          </Button>
        )}
        {latency ? null : <Statuses asking={asking} />}
      </Filters>
      <div ref={rows}>
        {latency ? (
          <LatencyView asking={asking} />
        ) : tailing ? (
          <LiveRows tail={tail} view={view} question={question} />
        ) : (
          <Found list={list} view={view} query={query} asking={asking} onStill={setStill} />
        )}
      </div>
    </>
  );
}

function Statuses({ asking }: { asking: Asking }) {
  const value = askedOf(asking.question, 'status');
  return (
    <Choices<string | null>
      line
      legend="Which journeys"
      value={value}
      options={[
        { value: null, label: 'All' },
        ...journeyStatuses.map((status) => ({
          value: status,
          label: (
            <>
              <Glyph hop={STATUS_SHAPE[status]} size={14} />
              {status}
            </>
          ),
        })),
      ]}
      onChange={(status) => {
        if (status !== null && status !== value) asking.add([{ field: 'status', value: status }]);
        else if (value !== null) asking.remove({ field: 'status', value });
      }}
    />
  );
}
