/**
 * Whether what a queue does now is what it does at this time of day on other days: a nightly batch is no alarm. Two earlier
 * days must have shown the like, and the mean over the days, the latest weighing most, must not be far below it. Whoever
 * comes on certain weekdays only is compared with the same weekday too.
 *
 *   usual ≥ depth ÷ 1.5   usual = EWMA of the peaks, a day: usual + ½ (peak − usual)
 *
 * With α = ½ two nights outweigh a quiet month before them (¾ of their peak), and three quiet days forget them (⅛). A day
 * after which the queue did not come down again counts as none: a leak does not become usual by lasting.
 */
import type { Queue } from '../model/broker.ts';
import type { UsualDay } from '../model/past.ts';
import type { Look } from './rule.ts';

export const ALPHA = 0.5;
/** To come, it must be so much more than usual; to go again, less than this. */
const COMES = 1.5;
const STAYS = 1.2;
const DAYS = 2;
/** Messages of growth that are no difference. */
const SLACK = 30;
const HALF_HOUR_MS = 1_800_000;

type Figure = (day: UsualDay) => number;

/** While its past is not looked up yet, what was said stays and what was not said does not come. */
export function isUsual(q: Queue, look: Look, isSaid: boolean): boolean {
  const days = look.past.usual?.(q.vhost, q.name, look.now);
  if (days === undefined) return false;
  if (days === null) return !isSaid;
  const factor = isSaid ? STAYS : COMES;
  const depth = q.ready ?? 0;
  const ofBatch = (figure: 'peak' | 'gain') => (day: UsualDay) => (day.drained ? day[figure] : 0);
  return (
    isLike(days, ofBatch('peak'), depth / factor) &&
    isLike(days, ofBatch('gain'), (gainOf(q, look) - SLACK) / factor)
  );
}

/** Dead letters stay where they are: what counts is how many come. Null: not looked up yet. */
export function lettersAreUsual(q: Queue, look: Look, gain: number, isSaid: boolean): boolean | null {
  const days = look.past.usual?.(q.vhost, q.name, look.now);
  if (!days) return days === null ? null : false;
  return isLike(days, (day) => day.gain, gain / (isSaid ? STAYS : COMES));
}

/** Pure: enough days reached `least`, and so does their mean. `days` newest first. */
export function isLike(days: readonly UsualDay[], figure: Figure, least: number): boolean {
  const reaches = (value: number) => value > 0 && value >= least;
  const enough = (of: readonly UsualDay[]) =>
    of.filter((day) => reaches(figure(day))).length >= DAYS && reaches(ewma(of.map(figure).toReversed()));
  return enough(days) || enough(days.filter((day) => day.ago % 7 === 0));
}

/** `values` oldest first. */
export function ewma(values: readonly number[]): number {
  return values.reduce((mean, value, i) => (i === 0 ? value : mean + ALPHA * (value - mean)), 0);
}

/** How much deeper it is than at its shallowest of the last half hour. */
function gainOf(q: Queue, { past }: Look): number {
  let least = q.ready ?? 0;
  for (const p of past.points(q.vhost, q.name, HALF_HOUR_MS))
    if (p.ready !== null && p.ready < least) least = p.ready;
  return (q.ready ?? 0) - least;
}
