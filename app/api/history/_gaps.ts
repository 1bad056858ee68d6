/** Why a line breaks: what happened in and around the break tells whether the broker or Hoplight was away. */
import type { HistoryGap } from '@/lib/model/history.ts';
import type { Moment, MomentKind } from '@/lib/model/moment.ts';

export const gapKinds: MomentKind[] = ['broker away', 'broker back', 'hoplight started'];
/** Readings and slots do not begin at the same time. */
const SLACK_MS = 15_000;
/** Shorter holes are the pace of readings. */
const LEAST_MS = 30_000;

/**
 * `points` rising, null where nothing was read; each stands for `stepMs`. A gap reaches from the last point that is known
 * to the next; at the end to `to`, when points have been missing for longer than readings take.
 */
export function gapsIn(
  points: readonly { at: number; slot: object | null }[],
  stepMs: number,
  to: number,
  moments: readonly Moment[],
): HistoryGap[] {
  const gaps: HistoryGap[] = [];
  let known: number | null = null;
  for (const { at, slot } of points) {
    if (slot === null) continue;
    if (known !== null && at - known > Math.max(stepMs, LEAST_MS)) gaps.push(gap(known, at, stepMs, moments));
    known = at;
  }
  if (known !== null && to - known > Math.max(2 * stepMs, 60_000)) gaps.push(gap(known, to, stepMs, moments));
  return gaps;
}

function gap(from: number, to: number, stepMs: number, moments: readonly Moment[]): HistoryGap {
  // what ends a gap lies in the slot that is known again, and that of the gap before in the slot where this one begins
  const within = moments.filter((m) =>
    m.kind === 'broker away'
      ? m.at > from - SLACK_MS && m.at < to
      : m.at >= from + stepMs && m.at < to + stepMs + SLACK_MS,
  );
  const some = (...kinds: MomentKind[]) => within.some((m) => kinds.includes(m.kind));
  const stopped = some('hoplight started');
  const away = some('broker away', 'broker back');
  const reason = stopped
    ? away
      ? 'Hoplight was not running, broker away'
      : 'Hoplight was not running'
    : away
      ? 'broker away'
      : 'not read';
  return { from, to, reason };
}
