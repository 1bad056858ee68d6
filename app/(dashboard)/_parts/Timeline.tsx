'use client';
import Link from 'next/link';
import { useState } from 'react';
import { call, problemOf } from '@/app/_live/api';
import { useApi } from '@/app/_live/query';
import { useHref } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { Glyph } from '@/app/_ui/Glyph';
import { Problem } from '@/app/_ui/Problem';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import { Source } from '@/app/_ui/Source';
import { Time } from '@/app/_ui/Time';
import type { Problem as ProblemShape } from '@/lib/model/errors';
import type { Moment, MomentList } from '@/lib/model/moment';
import { ConnectionLink } from './ConsumerSigns';
import { shapeOf } from './mark-looks';
import { QueueName } from './QueueName';
import styles from './timeline.module.css';
import { joined, type Older } from './timeline-pages';

/** Of one queue, or of one connection. */
export type TimelineOf = { vhost: string; queue: string } | { connection: string };

const PAGE = 50;
const noOne = { name: null, product: null, version: null, platform: null };

/** `after`: those at and before the last of these; a whole fleet goes at one and the same time. */
function urlOf(of: TimelineOf, after: readonly Moment[] = []): string {
  const last = after.at(-1);
  const again = after.filter((m) => m.at === last?.at).length;
  const params = new URLSearchParams({ ...of, limit: String(Math.min(500, PAGE + again)) });
  if (last) params.set('before', String(Math.floor(last.at) + 1));
  return `/api/moments?${params}`;
}

/** What happened to a queue or at a connection, newest first; older ones on demand. */
export function Timeline({ of }: { of: TimelineOf }) {
  const view = JSON.stringify(of);
  const state = useApi<MomentList>(['moments', view], urlOf(of), { every: 5_000, keep: false });
  const [kept, setKept] = useState<{ view: string; older: Older } | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemShape | null>(null);
  if (state.data === undefined)
    return state.problem ? (
      <div className={styles.pad}>
        <Problem
          quiet
          problem={state.problem}
          action={
            <Button small onClick={state.again}>
              Read again
            </Button>
          }
        />
      </div>
    ) : (
      <SkeletonRows rows={3} label="Reading what happened" />
    );
  const older = kept?.view === view ? kept.older : null;
  const all = joined(state.data, older);
  const readOlder = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const page = await call<MomentList>(urlOf(of, all.moments));
      const { first = all.moments, moments = [] } = (all.kept && older) || {};
      setKept({ view, older: { first, moments: [...moments, ...page.moments], more: page.more } });
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  if (all.moments.length === 0)
    return (
      <p className={styles.pad}>
        Nothing was seen to happen. Consumers and connections that come and go, declarations, restarts, alarms
        and what is done through Hoplight stand here from now on.
      </p>
    );
  return (
    <>
      <ol className={styles.list}>
        {all.moments.map((moment) => (
          <Line key={moment.id} moment={moment} of={of} />
        ))}
      </ol>
      {problem ? (
        <div className={styles.pad}>
          <Problem quiet problem={problem} />
        </div>
      ) : null}
      {all.more ? (
        <div className={styles.pad}>
          <Button small busy={busy} onClick={() => void readOlder()}>
            Show what was before
          </Button>
        </div>
      ) : null}
    </>
  );
}

const HOW: Record<Moment['source'], string> = {
  told: 'the broker’s events or log told so',
  read: 'from the difference of two readings; its time is that of the second',
  done: 'done by somebody through Hoplight',
};

function Line({ moment, of }: { moment: Moment; of: TimelineOf }) {
  const href = useHref();
  const { at, kind, words, source, vhost, queue, connection } = moment;
  const other = 'connection' in of ? null : connection;
  return (
    <li className={styles.line}>
      <span className={styles.when}>
        <Time at={at} />
      </span>
      <Glyph hop={shapeOf(kind)} label={kind} />
      <span className={styles.words}>{words}</span>
      <span className={styles.more}>
        {'connection' in of && queue !== null ? <QueueName vhost={vhost} name={queue} /> : null}
        {other ? (
          <span className={styles.other}>
            <ConnectionLink of={{ connection: other, peer: null, client: noOne }} />
          </span>
        ) : null}
        {moment.href ? (
          <Link className="link" href={href(moment.href)} aria-label={`Open: ${words}`}>
            Open
          </Link>
        ) : null}
        <Source kind={source === 'read' ? 'inferred' : 'observed'} how={HOW[source]} />
      </span>
    </li>
  );
}
