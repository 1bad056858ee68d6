'use client';
import { useEffect } from 'react';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { Skeleton, SkeletonRows } from '@/app/_ui/Skeleton';

const JourneysScreen = later(() => import('./JourneysScreen').then((m) => m.JourneysScreen), Shape);

/** The latest journeys, or those that are looked for; all choices live in the URL. Its parts come after the page's shape. */
export function Journeys() {
  useEffect(JourneysScreen.ahead, []);
  return <JourneysScreen />;
}

function Shape() {
  return (
    <>
      <div className="pagehead">
        <h1>Journeys</h1>
      </div>
      <div style={{ marginBottom: 10 }}>
        <Skeleton height={28} />
      </div>
      <Panel label="Journeys">
        <SkeletonRows rows={14} label="Reading journeys" />
      </Panel>
    </>
  );
}
