'use client';
import { useEffect } from 'react';
import { useApi } from '@/app/_live/query';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import type { CaptureAnswer } from '@/lib/model/api';
import { Loaded } from '../_parts/Loaded';

const StatusShown = later(() => import('./StatusShown').then((m) => m.StatusShown), Shape);

/** Whether capture is whole, what it costs, and what of all that passes is kept. */
export function Status() {
  const state = useApi<CaptureAnswer>(['capture'], '/api/capture', { every: 2_000 });
  // comes while the status is being read
  useEffect(StatusShown.ahead, []);
  return (
    <>
      <div className="pagehead">
        <h1>Status</h1>
        <span className="t3">what is read, what is captured, what it costs, what is kept</span>
      </div>
      <Loaded state={state} skeleton={<Shape />}>
        {(data) => <StatusShown data={data} />}
      </Loaded>
    </>
  );
}

function Shape() {
  return (
    <Panel label="Status">
      <SkeletonRows rows={12} label="Reading the status" />
    </Panel>
  );
}
