/** The audit log's outcome of a job whose process ended before it could write one. */
import type { ReplayDeps } from './deps.ts';

/** How far back the entry is looked for. */
const RECENT = 1_000;

/** Writes to the latest entry of this job that began or resumed it and has no outcome; to none when there is none. */
export function lateOutcome({ state, clock }: Pick<ReplayDeps, 'state' | 'clock'>, jobId: string) {
  return (words: string): void => {
    const act = state
      .listActs(RECENT)
      .find(
        ({ kind, href, outcome }) => begins.has(kind) && href === `/replays/${jobId}` && outcome === null,
      );
    if (act) state.recordOutcome(act.id, words, clock());
  };
}

const begins: ReadonlySet<string> = new Set(['replay', 'move', 'delete', 'replay resume']);
