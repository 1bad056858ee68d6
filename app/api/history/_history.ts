/** The past as one caller may see it, with what may explain its bends. */
import type { Session } from '@/lib/auth/session.ts';
import { type PastLine, summed } from '@/lib/live/past.ts';
import type { HistoryAnswer, HistoryQuery } from '@/lib/model/history.ts';
import type { Runtime } from '@/lib/runtime.ts';
import { requireVhost } from '../_door.ts';
import { between } from '../moments/_moments.ts';
import { gapKinds, gapsIn } from './_gaps.ts';
import { marksOf } from './_marks.ts';

/** Of those that tell why figures are missing. */
const MOST_MOMENTS = 1_000;

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
    gaps: gapsIn(points, step, to, between(rt, session, { kinds: gapKinds }, from, to, MOST_MOMENTS)),
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
