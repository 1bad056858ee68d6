'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useMemo } from 'react';
import { useApi } from '@/app/_live/query';
import { useHref, useVhost } from '@/app/_live/scope';
import { Badge } from '@/app/_ui/Badge';
import { ButtonLink } from '@/app/_ui/Button';
import { Empty } from '@/app/_ui/Empty';
import { count } from '@/app/_ui/format';
import { Panel } from '@/app/_ui/Panel';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import { TimeAgo } from '@/app/_ui/Time';
import { type Column, VirtualTable } from '@/app/_ui/VirtualTable';
import type { ReplayList as Answer } from '@/lib/model/api';
import type { ReplayJob } from '@/lib/model/replay';
import { Loaded } from '../_parts/Loaded';
import { ReplayCrumbs } from '../_parts/ReplayCrumbs';
import { confirmedOf, failedOf, stateHop, targetOf } from '../_parts/replay-outcomes';
import styles from './replays.module.css';

const WORDS = { replay: 'replay', move: 'move', delete: 'delete' } as const;

/** The latest jobs: how each stands, what went where, by whom. */
export function ReplayList() {
  const vhost = useVhost();
  const state = useApi<Answer>(['replays'], '/api/replays', { every: 2_000 });
  return (
    <>
      <ReplayCrumbs here />
      <div className="pagehead">
        <h1>Replays</h1>
        <span className="t3">the latest, newest first</span>
      </div>
      <Loaded
        state={state}
        skeleton={
          <Panel label="Replays">
            <SkeletonRows rows={8} label="Reading the replays" />
          </Panel>
        }
      >
        {({ replays }) => (
          <List jobs={vhost === null ? replays : replays.filter((job) => job.vhost === vhost)} />
        )}
      </Loaded>
    </>
  );
}

function List({ jobs }: { jobs: readonly ReplayJob[] }) {
  const href = useHref();
  const router = useRouter();
  const columns = useMemo(
    (): Column<ReplayJob>[] => [
      {
        id: 'state',
        head: 'State',
        width: 124,
        cell: (job) => <Badge hop={stateHop(job.state)}>{job.state}</Badge>,
      },
      {
        id: 'id',
        head: 'Job',
        width: 132,
        cell: (job) => (
          <Link className="name mono" href={href(`/replays/${encodeURIComponent(job.id)}`)}>
            {job.id}
          </Link>
        ),
      },
      { id: 'act', head: 'Act', width: 72, hideBelow: 900, cell: (job) => WORDS[job.request.act] },
      { id: 'from', head: 'From', cell: (job) => <span className="mono cut t1">{job.queue}</span> },
      {
        id: 'to',
        head: 'To',
        hideBelow: 760,
        cell: (job) =>
          job.request.act === 'delete' ? (
            <span className="t3">a file</span>
          ) : (
            <span className="mono cut">{targetOf(job)}</span>
          ),
      },
      {
        id: 'messages',
        head: 'Messages',
        width: 88,
        align: 'end',
        cell: (job) => count(job.counts.selected),
      },
      {
        id: 'confirmed',
        head: 'Confirmed',
        width: 88,
        align: 'end',
        hideBelow: 640,
        cell: (job) => count(confirmedOf(job.counts)),
      },
      {
        id: 'failed',
        head: 'Not made it',
        width: 96,
        align: 'end',
        hideBelow: 640,
        cell: (job) => (
          <span className={failedOf(job.counts) > 0 ? 'dead ink' : 't3'}>{count(failedOf(job.counts))}</span>
        ),
      },
      {
        id: 'by',
        head: 'By',
        width: 96,
        hideBelow: 860,
        cell: (job) => <span className="cut">{job.by}</span>,
      },
      {
        id: 'when',
        head: 'When',
        width: 88,
        align: 'end',
        hideBelow: 520,
        cell: (job) => <TimeAgo at={job.createdAt} />,
      },
    ],
    [href],
  );
  return (
    <Panel label="Replays">
      {jobs.length === 0 ? (
        <Empty
          title="Nothing was replayed yet"
          level={2}
          action={<ButtonLink href={href('/dead-letters')}>Open dead letters</ButtonLink>}
        >
          Each replay, move and deletion stands here with its receipt. Choose messages in a dead-letter queue
          to begin.
        </Empty>
      ) : (
        <VirtualTable
          label="Replays"
          columns={columns}
          rows={jobs}
          keyOf={(job) => job.id}
          hold="all"
          onOpen={(job) => router.push(href(`/replays/${encodeURIComponent(job.id)}`))}
          phoneHeight={60}
          phone={(job) => (
            <span className={styles.phoneRow}>
              <span className="row">
                <Badge hop={stateHop(job.state)}>{job.state}</Badge>
                <Link className="name mono cut grow" href={href(`/replays/${encodeURIComponent(job.id)}`)}>
                  {job.id}
                </Link>
                <span className="s t3">
                  <TimeAgo at={job.createdAt} />
                </span>
              </span>
              <span className="s cut">
                {WORDS[job.request.act]} {count(job.counts.selected)} of {job.queue}
                {job.request.act === 'delete' ? '' : ` to ${targetOf(job)}`}
              </span>
            </span>
          )}
        />
      )}
    </Panel>
  );
}
