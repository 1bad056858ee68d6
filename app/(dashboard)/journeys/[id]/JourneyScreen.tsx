'use client';
import { useMemo, useState } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { useApi } from '@/app/_live/query';
import { useHref, useUrlState } from '@/app/_live/scope';
import { ButtonLink } from '@/app/_ui/Button';
import { Empty } from '@/app/_ui/Empty';
import { full, shortId } from '@/app/_ui/format';
import { Panel } from '@/app/_ui/Panel';
import { Skeleton, SkeletonRows } from '@/app/_ui/Skeleton';
import type { JourneyAnswer, SessionAnswer } from '@/lib/model/api';
import type { Hop, Journey, JourneyStatus } from '@/lib/model/journey';
import type { LiveState } from '@/lib/model/live';
import { Loaded } from '../../_parts/Loaded';
import type { ClientNames } from './hop-words';
import { Inspector } from './Inspector';
import { JourneyHead } from './JourneyHead';
import { PhoneStrip } from './PhoneStrip';
import { type RowNotes, Strip } from './Strip';
import { useHopKeys } from './use-hop-keys';
import { firstChoice } from './walk';

/** States in which the next thing may happen at any moment. */
const OPEN: readonly JourneyStatus[] = ['in flight', 'delivered', 'replayed', 'unknown'];

/** One journey: what happened in a sentence, the strip as its proof, and each hop opened below. */
export function JourneyScreen({ id }: { id: string }) {
  const [open, setOpen] = useState(true);
  const state = useApi<JourneyAnswer>(['journey', id], `/api/journeys/${encodeURIComponent(id)}`, {
    every: open ? 1_000 : 5_000,
    keep: false,
  });
  const status = state.data?.journey.status;
  const isOpen = status === undefined || OPEN.includes(status);
  if (isOpen !== open) setOpen(isOpen);
  const session = useApi<SessionAnswer>(['session'], '/api/session');

  if (state.data === undefined && state.problem?.code === 'not_found')
    return <NotSeen id={id} words={state.problem.detail} next={state.problem.next} />;
  return (
    <Loaded state={state} skeleton={<Shape id={id} />}>
      {({ journey }) => <Shown journey={journey} traceUrl={session.data?.traceUrl ?? null} />}
    </Loaded>
  );
}

function Shown({ journey, traceUrl }: { journey: Journey; traceUrl: string | null }) {
  const live = useLive();
  const [params, setParams] = useUrlState();
  const names = useMemo(() => clientNames(live), [live]);
  const notes = useMemo(() => rowNotes(live, journey), [live, journey]);
  const asked = params.get('hop');
  const selected = journey.hops.find((h) => h.id === asked) ?? firstChoice(journey);
  const select = (hop: Hop) => setParams({ hop: hop.id });
  useHopKeys(journey, selected, select);
  return (
    <>
      <JourneyHead journey={journey} traceUrl={traceUrl} />
      <Panel label="Strip">
        <Strip
          journey={journey}
          names={names}
          notes={notes}
          selected={selected?.id ?? null}
          onSelect={select}
        />
        <PhoneStrip journey={journey} names={names} selected={selected?.id ?? null} onSelect={select} />
      </Panel>
      {selected ? (
        <Inspector
          journey={journey}
          hop={selected}
          names={names}
          notes={notes}
          tab={params.get('tab')}
          onTab={(tab) => setParams({ tab: tab === 'properties' ? null : tab })}
        />
      ) : null}
    </>
  );
}

/** Connections by the name that their client gave them, as far as consumers of now tell. */
function clientNames(live: LiveState | null): ClientNames {
  const names = new Map<string, string>();
  for (const consumer of live?.consumers ?? [])
    if (consumer.client.name) names.set(consumer.connection, consumer.client.name);
  for (const gone of live?.gone ?? [])
    if (gone.client.name && !names.has(gone.connection)) names.set(gone.connection, gone.client.name);
  return names;
}

/** What the queue is now: type and consumers. */
function rowNotes(live: LiveState | null, journey: Journey): RowNotes {
  const notes = new Map<string, string>();
  for (const row of journey.rows) {
    if (row.kind !== 'queue') continue;
    const queue = live?.queues.find((q) => q.vhost === row.vhost && q.name === row.name);
    if (!queue) continue;
    const consumers =
      queue.consumers === null ? '' : `, ${queue.consumers} consumer${queue.consumers === 1 ? '' : 's'}`;
    notes.set(row.id, `${queue.type}${consumers}`);
  }
  return notes;
}

/** The API's moments, which name their zone for scripts, as a person's clock tells them. */
function inClockTimes(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (at) => full(Date.parse(at)));
}

function NotSeen({ id, words, next }: { id: string; words: string; next: string | undefined }) {
  const href = useHref();
  return (
    <>
      <div className="pagehead">
        <h1 className="mono">{shortId(id)}</h1>
      </div>
      <Panel label="Journey">
        <Empty
          title="No journey has this ID yet"
          action={<ButtonLink href={href('/journeys')}>Show the latest journeys</ButtonLink>}
        >
          <p>{words} This page looks again every second.</p>
          {next ? <p>{inClockTimes(next)}</p> : null}
        </Empty>
      </Panel>
    </>
  );
}

function Shape({ id }: { id: string }) {
  return (
    <>
      <div className="pagehead">
        <h1 className="mono">{shortId(id.slice(id.indexOf(':') + 1))}</h1>
      </div>
      <Panel label="Strip" pad>
        <Skeleton height={300} />
      </Panel>
      <div style={{ height: 12 }} />
      <Panel label="Hop">
        <SkeletonRows rows={7} label="Reading the journey" />
      </Panel>
    </>
  );
}
