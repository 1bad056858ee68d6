/** The past as one caller may see it, with what may explain its bends. */
import type { Session } from '@/lib/auth/session.ts';
import { type PastLine, summed } from '@/lib/live/past.ts';
import type { HistoryAnswer, HistoryMark, HistoryQuery } from '@/lib/model/history.ts';
import type { Runtime } from '@/lib/runtime.ts';
import { requireVhost } from '../_door.ts';
import { mayKnow } from '../replays/_job.ts';

const MOST_MARKS = 50;

/** Throws `not_found` for a vhost that the user may not see. A queue that is gone keeps its past. */
export function historyOf(rt: Runtime, session: Session, asked: HistoryQuery, now: number): HistoryAnswer {
  const to = asked.to ?? now;
  const from = asked.from ?? to - (asked.last ?? 0);
  const { step, points } = lineOf(rt, session, asked, from, to);
  return {
    from,
    to,
    stepMs: step,
    points: points.map(({ at, slot }) => {
      const { n: _n, ...figures } = slot ?? unread;
      return { at, ...figures };
    }),
    since: points[0]?.at ?? null,
    marks: marksOf(rt, session, asked, from, to),
  };
}

function lineOf(rt: Runtime, session: Session, asked: HistoryQuery, from: number, to: number): PastLine {
  const { live } = rt;
  const line = (vhost: string, name: string) => live.past(vhost, name, from, to, asked.points);
  if (asked.vhost !== undefined) return line(requireVhost(session, asked.vhost), asked.queue ?? '');
  const all = live.snapshot()?.vhosts ?? [];
  const seesAll = all.length > 0 && all.every((v) => session.vhosts.includes(v.name));
  return seesAll ? line('', '') : summed(session.vhosts.map((vhost) => line(vhost, '')));
}

function marksOf(
  { live, replays }: Runtime,
  session: Session,
  { vhost, queue }: HistoryQuery,
  from: number,
  to: number,
): HistoryMark[] {
  const isMeant = (v: string, q: string) => (!vhost || v === vhost) && (!queue || q === queue);
  const jobs = replays
    .list()
    .filter((job) => mayKnow(session, job) && job.startedAt !== null && job.startedAt >= from)
    .flatMap((job): HistoryMark[] => {
      const into = job.plan.targets.some((t) => t.reaches.some((r) => isMeant(job.vhost, r.queue)));
      if (!into && !isMeant(job.vhost, job.queue)) return [];
      const words = `${job.request.act} of ${job.plan.selected.toLocaleString('en-US')} from ${job.queue}`;
      return [{ at: job.startedAt ?? from, kind: 'replay', words, href: `/replays/${job.id}` }];
    });
  const gone = live
    .gone()
    .filter((g) => session.vhosts.includes(g.vhost) && isMeant(g.vhost, g.queue) && g.goneAt >= from)
    .map((g): HistoryMark => ({ at: g.goneAt, kind: 'consumer gone', words: `${g.tag} went`, href: null }));
  return [...jobs, ...gone]
    .filter(({ at }) => at < to)
    .sort((a, b) => a.at - b.at)
    .slice(-MOST_MARKS);
}

const unread = {
  n: 0,
  ready: null,
  peak: null,
  unacked: null,
  publish: null,
  deliver: null,
  ack: null,
  redeliver: null,
  consumers: null,
};
