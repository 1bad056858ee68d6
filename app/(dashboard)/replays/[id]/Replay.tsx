'use client';
import { useEffect } from 'react';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { Skeleton, SkeletonRows } from '@/app/_ui/Skeleton';
import { Loaded } from '../../_parts/Loaded';
import { ReplayCrumbs } from '../../_parts/ReplayCrumbs';
import styles from './replay.module.css';
import { useJob } from './use-job';

const JobShown = later(
  () => import('./JobShown').then((m) => m.JobShown),
  ({ answer }) => <Shape id={answer.replay.id} />,
);

/** One replay job: how far it is, what became of every message, how to hold it, to stop it or to go on. */
export function Replay({ id }: { id: string }) {
  // comes while the job is being read
  useEffect(JobShown.ahead, []);
  const state = useJob(id);
  return (
    <>
      <ReplayCrumbs />
      <Loaded state={state} title={`Replay ${id}`} skeleton={<Shape id={id} />}>
        {(answer) => <JobShown answer={answer} />}
      </Loaded>
    </>
  );
}

/** The page's own shape while it is read. */
function Shape({ id }: { id: string }) {
  return (
    <>
      <div className={styles.head}>
        <h1 className="nw">
          Replay <span className="mono">{id}</span>
        </h1>
        <Skeleton width={320} />
      </div>
      <div className="grid">
        <Panel label="Progress">
          <SkeletonRows rows={4} label="Reading the replay" />
        </Panel>
        <div className={styles.two}>
          <Panel title="Rate" hint="messages/s">
            <SkeletonRows rows={4} label="Reading its rate" />
          </Panel>
          <Panel title="Steps">
            <SkeletonRows rows={4} label="Reading its steps" />
          </Panel>
        </div>
      </div>
    </>
  );
}
