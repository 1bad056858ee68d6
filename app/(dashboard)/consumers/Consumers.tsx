'use client';
import { useDeferredValue, useMemo } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { type ApiState, useApi } from '@/app/_live/query';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import type { ConsumerList } from '@/lib/model/api';
import { Loaded } from '../_parts/Loaded';
import { unattendedIn } from '../_parts/unattended';
import type { Shown } from './ConsumersShown';

const ConsumersShown = later(() => import('./ConsumersShown').then((m) => m.ConsumersShown), Shape);
// at once: the first live event may be there before the page is taken over
if (typeof window !== 'undefined') ConsumersShown.ahead();

/** Who consumes what, and how that goes; first the queues that nobody consumes, last those who went away and why. */
export function Consumers() {
  // with thousands a new reading may be drawn a little later, but never in the way of a key or a scroll
  const now = useLive();
  const live = useDeferredValue(now) ?? now;
  // before the first live event, and to learn why when there is none
  const list = useApi<ConsumerList>(['consumers'], live ? null : '/api/consumers');
  const data = useMemo(
    () => (live ? { ...live, unattended: unattendedIn(live), missing: live.status.missing } : undefined),
    [live],
  );
  const state: ApiState<Shown> = data ? { ...list, data, problem: null } : list;
  return (
    <Loaded state={state} title="Consumers" skeleton={<Shape />}>
      {(shown) => <ConsumersShown data={shown} />}
    </Loaded>
  );
}

function Shape() {
  return (
    <>
      <div className="pagehead">
        <h1>Consumers</h1>
      </div>
      <Panel label="Consumers">
        <SkeletonRows rows={10} label="Reading consumers" />
      </Panel>
    </>
  );
}
