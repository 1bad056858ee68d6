/** The state store, with every outcome that a message of a job reaches counted on its way in. */
import type { ReplayAct, ReplayOutcome } from '../model/replay.ts';
import type { StateStore } from '../store/state.ts';
import { jobOf } from './outcomes.ts';

/** A message is counted once at each outcome that it reaches: confirmed, then delivered, then settled. */
export type CountOutcome = (act: ReplayAct, outcome: ReplayOutcome, messages: number) => void;

type Counted = Pick<StateStore, 'putMessages' | 'setOutcomes' | 'writeJournal' | 'noteCopies'> & {
  getJob(id: string): { request: { act: ReplayAct } } | null;
};
type Row = { outcome: ReplayOutcome };
/** On its way to an outcome. */
const underWay: ReadonlySet<ReplayOutcome> = new Set(['waiting', 'sending']);
/** Jobs whose act is remembered. */
const MOST_JOBS = 1_000;

export function countingOutcomes<State extends Counted>(state: State, count: CountOutcome): State {
  const acts = new Map<string, ReplayAct>();
  const actOf = (jobId: string): ReplayAct => {
    const known = acts.get(jobId);
    if (known) return known;
    const act = state.getJob(jobId)?.request.act ?? 'replay';
    if (acts.size >= MOST_JOBS) acts.clear();
    acts.set(jobId, act);
    return act;
  };
  const counted = (jobId: string, rows: readonly Row[]) => {
    const sums = new Map<ReplayOutcome, number>();
    for (const { outcome } of rows) sums.set(outcome, (sums.get(outcome) ?? 0) + 1);
    for (const [outcome, n] of sums) if (!underWay.has(outcome)) count(actOf(jobId), outcome, n);
  };
  return {
    ...state,
    putMessages(...[jobId, rows]: Parameters<Counted['putMessages']>) {
      state.putMessages(jobId, rows);
      counted(jobId, rows);
    },
    setOutcomes(...[jobId, changes]: Parameters<Counted['setOutcomes']>) {
      state.setOutcomes(jobId, changes);
      counted(jobId, changes);
    },
    writeJournal(...[jobId, fresh, changed]: Parameters<Counted['writeJournal']>) {
      state.writeJournal(jobId, fresh, changed);
      counted(jobId, [...fresh, ...changed]);
    },
    noteCopies(...[changes]: Parameters<Counted['noteCopies']>) {
      const made = state.noteCopies(changes);
      const byJob = Map.groupBy(made, (one) => jobOf(one.replayId));
      for (const [jobId, rows] of byJob) counted(jobId, rows);
      return made;
    },
  };
}
