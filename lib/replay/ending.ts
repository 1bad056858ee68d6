/** How a job's end is written down. */
import type { ReplayJob } from '../model/replay.ts';
import type { End } from './control.ts';
import type { ReplayDeps } from './deps.ts';
import { keptRequest } from './kept-request.ts';
import { markUncertain } from './rows.ts';
import { countOf, stepOf } from './words.ts';

type Noted = Pick<ReplayDeps, 'state' | 'clock'>;

const ABSENT = 'The original is no longer in the queue: its copy had been confirmed, or somebody took it.';
const IN_FILE =
  'It stands in the file and is no longer in the queue: it was taken out just before Hoplight ended.';
const GONE = 'It was not found in the queue any more: somebody took it, or it expired.';
const NO_ANSWER =
  'No answer came before the replay ended. The original may still lie in the queue; a copy may exist.';

/** The queue was read to the end of what was frozen: what was not met there is not there. `wrote`: it is in a deletion's file. */
export function settleRest(
  { state, clock }: Noted,
  job: ReplayJob,
  wrote: (seq: number) => boolean = () => false,
): void {
  const at = clock();
  const missing = job.plan.selected - state.counts(job.id).selected;
  if (missing > 0)
    state.addJobStep(job.id, {
      at,
      words: `${countOf(missing)} of the frozen count were no longer in the queue`,
    });
  const absent = state
    .messagesIn(job.id, 'unknown')
    .map(({ seq }) =>
      wrote(seq)
        ? { seq, outcome: 'deleted' as const, reason: IN_FILE, at }
        : { seq, outcome: 'unknown' as const, reason: ABSENT, at },
    );
  const gone = state
    .messagesIn(job.id, 'waiting')
    .map(({ seq }) => ({ seq, outcome: 'skipped' as const, reason: GONE, at }));
  if (absent.length + gone.length > 0) state.setOutcomes(job.id, [...absent, ...gone]);
}

export function finish({ state, clock }: Noted, job: ReplayJob, end: End): void {
  const at = clock();
  markUncertain(state, job.id, NO_ANSWER, at);
  const over = end.state !== 'interrupted';
  const { request } = state.getJob(job.id) ?? job;
  state.updateJob(job.id, {
    state: end.state,
    note: end.note,
    hold: null,
    endedAt: over ? at : null,
    ...(over && request.edit ? { request: keptRequest(request) } : {}),
  });
  state.addJobStep(job.id, { at, words: stepOf(end) });
}
