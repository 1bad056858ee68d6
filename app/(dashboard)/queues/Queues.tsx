'use client';
import { useDeferredValue, useEffect, useState } from 'react';
import { useLive, useStream } from '@/app/_live/LiveProvider';
import { type ApiState, useApi } from '@/app/_live/query';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import { useHeldWhileScrolling } from '@/app/_ui/use-held';
import type { QueueList } from '@/lib/model/api';
import { Loaded } from '../_parts/Loaded';

const QueuesShown = later(() => import('./QueuesShown').then((m) => m.QueuesShown), Shape);
// at once: the first live event may be there before the page is taken over
if (typeof window !== 'undefined') QueuesShown.ahead();

/** Every queue. Filter, quick choice, sort, columns and vhost live in the URL. */
export function Queues() {
  const now = useLive();
  // with thousands of queues a new reading may be drawn a little later, but never in the way of a key or a scroll;
  // the first one at once, since there is nothing to be in the way of
  const live = useHeldWhileScrolling(useDeferredValue(now) ?? now);
  // to learn why when no live event comes; asked at once it would send ten thousand queues twice
  const wanted = useNoEvent(live === null);
  const list = useApi<QueueList>(['queues'], wanted ? '/api/queues' : null);
  const state: ApiState<Pick<QueueList, 'queues' | 'freshness'>> = live
    ? { ...list, data: live, problem: null }
    : { ...list, loading: list.loading || !wanted };
  return (
    <Loaded state={state} title="Queues" skeleton={<Shape />}>
      {(data) => (
        <QueuesShown
          queues={data.queues}
          stale={data.freshness !== 'live'}
          vhosts={live?.vhosts.length ?? new Set(data.queues.map((q) => q.vhost)).size}
        />
      )}
    </Loaded>
  );
}

/** How long the first live event may take, ms. */
const PATIENCE = 4_000;

/** True when there is no live event: the stream broke, or nothing came in good time. */
function useNoEvent(none: boolean): boolean {
  const { state } = useStream();
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!none) return;
    const timer = setTimeout(() => setLate(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [none]);
  return none && (late || state === 'lost');
}

function Shape() {
  return (
    <>
      <div className="pagehead">
        <h1>Queues</h1>
      </div>
      <Panel label="Queues">
        <SkeletonRows rows={14} label="Reading queues" />
      </Panel>
    </>
  );
}
