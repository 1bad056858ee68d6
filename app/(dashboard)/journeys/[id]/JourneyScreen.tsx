'use client';
import { useEffect, useState } from 'react';
import { useApi } from '@/app/_live/query';
import { useHref } from '@/app/_live/scope';
import { ButtonLink } from '@/app/_ui/Button';
import { Empty } from '@/app/_ui/Empty';
import { full, shortId } from '@/app/_ui/format';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { Skeleton, SkeletonRows } from '@/app/_ui/Skeleton';
import type { JourneyAnswer, SessionAnswer } from '@/lib/model/api';
import type { JourneyStatus } from '@/lib/model/journey';
import { Loaded } from '../../_parts/Loaded';

const JourneyShown = later(
  () => import('./JourneyShown').then((m) => m.JourneyShown),
  ({ journey }) => <Shape id={journey.id} />,
);

/** States in which the next thing may happen at any moment. */
const OPEN: readonly JourneyStatus[] = ['in flight', 'delivered', 'replayed', 'unknown'];

/** One journey: what happened in a sentence, the strip as its proof, and each hop opened below. */
export function JourneyScreen({ id }: { id: string }) {
  const [open, setOpen] = useState(true);
  const state = useApi<JourneyAnswer>(['journey', id], `/api/journeys/${encodeURIComponent(id)}`, {
    every: open ? 1_000 : 5_000,
    keep: false,
  });
  // comes while the journey is being read
  useEffect(JourneyShown.ahead, []);
  const status = state.data?.journey.status;
  const isOpen = status === undefined || OPEN.includes(status);
  if (isOpen !== open) setOpen(isOpen);
  const session = useApi<SessionAnswer>(['session'], '/api/session');

  if (state.data === undefined && state.problem?.code === 'not_found')
    return <NotSeen id={id} words={state.problem.detail} next={state.problem.next} />;
  return (
    <Loaded state={state} skeleton={<Shape id={id} />}>
      {({ journey }) => (
        <JourneyShown key={journey.id} journey={journey} traceUrl={session.data?.traceUrl ?? null} />
      )}
    </Loaded>
  );
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

/** The API's moments, which name their zone for scripts, as a person's clock tells them. */
function inClockTimes(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (at) => full(Date.parse(at)));
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
