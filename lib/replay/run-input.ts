/** What a run is given, and which of its failures may be over later. */
import { HoplightError, type ProblemCode } from '../model/errors.ts';
import type { ReplayJob } from '../model/replay.ts';
import type { Watcher } from './control.ts';
import type { CopyLane } from './lane.ts';
import type { Resumed } from './rows.ts';
import type { LetterSource } from './source.ts';
import { Interrupted } from './suspects.ts';

export interface RunInput {
  job: ReplayJob;
  /** Whose connections they are, for `user-id`. */
  user: string;
  /** A round begins: `ahead` is how many messages it wants to have read beyond those that are dealt with. Throws HoplightError. */
  openSource: (ahead: number) => Promise<LetterSource>;
  /** A round ended and put so many back. */
  putBack?: (messages: number) => void;
  lane: CopyLane;
  journal: Resumed;
  /** Most messages to read: what lay there when the selection was frozen; no limit for a resume, whose rows are the limit. */
  readLimit: number;
  watch?: Watcher | undefined;
}

/** What may be over when somebody resumes; any other failure is ours. */
const mendable = new Set<ProblemCode>([
  'broker_unreachable',
  'management_unreachable',
  'conflict',
  'forbidden',
  'not_found',
  'unauthenticated',
]);

/** A connection or a claim was lost, not the job: it can be resumed. */
export function isMendable(error: unknown): boolean {
  return error instanceof Interrupted || (error instanceof HoplightError && mendable.has(error.code));
}
