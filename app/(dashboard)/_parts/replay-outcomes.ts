/** How outcomes and states of a replay are drawn and said. Pure. */
import type { Shape } from '@/app/_ui/hop';
import type { ReplayCounts, ReplayJob, ReplayOutcome, ReplayState } from '@/lib/model/replay';

const outcomes: Record<ReplayOutcome, Shape> = {
  waiting: 'waiting',
  sending: 'replayed',
  confirmed: 'replayed',
  delivered: 'delivered',
  settled: 'settled',
  'died again': 'dead',
  returned: 'returned',
  skipped: 'returned',
  deleted: 'settled',
  unknown: 'unknown',
};
export const outcomeHop = (outcome: ReplayOutcome): Shape => outcomes[outcome];

const states: Record<ReplayState, Shape> = {
  planned: 'waiting',
  running: 'replayed',
  paused: 'warn',
  following: 'delivered',
  done: 'settled',
  cancelled: 'returned',
  failed: 'dead',
  interrupted: 'warn',
};
export const stateHop = (state: ReplayState): Shape => states[state];

/** Copies that the broker has in a queue, whatever became of them since. */
export function confirmedOf(c: ReplayCounts): number {
  return c.confirmed + c.delivered + c.settled + c.diedAgain;
}

/** Messages with which the job is through: also those that stay. */
export function dealtWith(c: ReplayCounts): number {
  return c.selected - c.waiting - c.sending;
}

/** Rows that need a look: they stayed, died again, or nobody can say. */
export function didNotMakeIt(outcome: ReplayOutcome): boolean {
  return outcome === 'returned' || outcome === 'skipped' || outcome === 'unknown' || outcome === 'died again';
}

/** Time left at the present rate, ms; null when nobody can say. */
export function timeLeft(job: Pick<ReplayJob, 'counts' | 'ratePerSecond' | 'state'>): number | null {
  const open = job.counts.waiting + job.counts.sending;
  if (job.state !== 'running' || !job.ratePerSecond || open === 0) return null;
  return (open / job.ratePerSecond) * 1_000;
}

/** Where its copies go, in words: `billing`, `exchange orders`, `billing and 2 more`. */
export function targetOf(job: Pick<ReplayJob, 'plan'>): string {
  const [first, ...more] = job.plan.targets;
  if (!first) return 'nowhere';
  const name = first.exchange === '' ? first.routingKey : `exchange ${first.exchange}`;
  return more.length > 0 ? `${name} and ${more.length} more` : name;
}
