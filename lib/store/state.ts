/** What Hoplight itself decides and does: sessions, replay jobs with their journals and leases, audit. Small and transactional. */
import type { Act } from '../model/api.ts';
import type { AuditEntryView, AuditList, AuditQuery } from '../model/audit.ts';
import type { CauseNote, CauseNoteChange } from '../model/cause-note.ts';
import type { Told } from '../model/notification.ts';
import type {
  ReplayCounts,
  ReplayJob,
  ReplayMessage,
  ReplayOutcome,
  ReplayProgress,
  ReplayState,
} from '../model/replay.ts';

export interface StoredSession {
  /** SHA-256 of the cookie's token, hex: the token itself is never stored. */
  tokenHash: string;
  user: string;
  /** AES-256-GCM of the password under a key that needs the cookie's token to be made. */
  sealedPassword: Uint8Array;
  createdAt: number;
  lastUsedAt: number;
  expiresAt: number;
}

export interface AuditEntry {
  id: string;
  at: number;
  by: string;
  kind: string;
  words: string;
  /** What was to be done, as JSON: plan, selection, consent, target. */
  intent: unknown;
  outcome: string | null;
  outcomeAt: number | null;
  href: string | null;
}

export interface StoredRequestKey {
  /** SHA-256 of the request that came with the key, hex. */
  requestHash: string;
  /** ID of the job that it began, or was to begin when the process ended. */
  job: string;
  at: number;
}

/** `counts` and `ratePerSecond` are derived on reading; everything else of a job is stored. */
export type StoredJob = Omit<ReplayJob, 'counts' | 'ratePerSecond'>;

/** What taps or a whole journey say of one copy. */
export interface CopyChange {
  replayId: string;
  outcome: 'delivered' | 'settled' | 'died again';
  reason: string | null;
  at: number;
  /** A journey knows what came after what; single facts come in any order. */
  by?: 'journey';
}

/** Those that did not make it: they stand first in a receipt. */
export const failures: ReadonlySet<ReplayOutcome> = new Set(['skipped', 'returned', 'unknown', 'died again']);

/** Rows of a receipt: what is absent does not narrow. */
export interface WhichMessages {
  outcomes?: readonly ReplayOutcome[] | undefined;
  possiblyDuplicated?: boolean | undefined;
  /** Only those behind this sequence number: a long receipt is gone through so, an offset counts all that it passes over. */
  after?: number | undefined;
}

/** `limit` as given; the rest as `auditQuerySchema` says. `text` finds a whole seal too. */
export type ActQuery = Omit<AuditQuery, 'limit'> & { limit: number };

export interface ActStore {
  /** Intent, written before the act, sealed with the entry before it. */
  recordIntent(entry: Omit<AuditEntry, 'outcome' | 'outcomeAt'>): void;
  recordOutcome(id: string, outcome: string, at: number): void;
  /** Newest first. */
  listActs(limit: number): Act[];
  acts(query: ActQuery): AuditEntryView[];
  /** Oldest first, those with a number above `after`, each with the seal that its own follows. */
  actsAfter(query: ActQuery, after: number): (AuditEntryView & { previousSeal: string })[];
  /** Everybody who did something, and what kinds of acts there are. */
  actNames(): { users: string[]; kinds: string[] };
  /**
   * Whether every entry is as it was written, none is missing and none was moved. Of entries cut off the end it knows by
   * the last seal, which it keeps apart: somebody who writes both places is not seen.
   */
  verifyChain(): AuditList['chain'];
}

export interface NoteStore {
  putCauseNote(change: CauseNoteChange, by: string, at: number): void;
  /** By the cause's key. */
  causeNotes(vhost: string, queue: string): Record<string, CauseNote>;
  mutedCauses(now: number): { vhost: string; queue: string; cause: string }[];
}

export interface ToldStore {
  /** Problems that notifications told of and whose end they have not told yet. */
  told(): Told[];
  /** In one transaction: these are told now (by their key), and of those the end was told. */
  putTold(told: readonly Told[], over: readonly string[]): void;
}

export interface StateStore extends ActStore, NoteStore, ToldStore {
  putSession(session: StoredSession): void;
  getSession(tokenHash: string): StoredSession | null;
  touchSession(tokenHash: string, lastUsedAt: number): void;
  deleteSession(tokenHash: string): void;
  deleteExpiredSessions(now: number): number;

  createJob(job: StoredJob): void;
  /** Changes what is named; throws when the job does not exist. */
  updateJob(
    id: string,
    change: Partial<
      Pick<
        StoredJob,
        | 'state'
        | 'note'
        | 'plan'
        | 'request'
        | 'startedAt'
        | 'endedAt'
        | 'hold'
        | 'phase'
        | 'followUntil'
        | 'rate'
        | 'exported'
      >
    >,
  ): void;
  addJobStep(id: string, step: { at: number; words: string }): void;
  getJob(id: string): ReplayJob | null;
  /** Newest first, of those that `wanted` takes. */
  listJobs(limit: number, wanted?: (job: Pick<ReplayJob, 'vhost' | 'queue'>) => boolean): ReplayJob[];
  jobsIn(state: ReplayState): ReplayJob[];

  /** Journal: rows exist before their message is sent. One durable transaction. */
  putMessages(jobId: string, messages: readonly ReplayMessage[]): void;
  setOutcomes(
    jobId: string,
    changes: readonly {
      seq: number;
      outcome: ReplayOutcome;
      reason: string | null;
      at: number;
      possiblyDuplicated?: boolean;
    }[],
  ): void;
  /** New rows, and what rows that are there have become, together: one durable transaction. */
  writeJournal(jobId: string, fresh: readonly ReplayMessage[], changed: readonly ReplayMessage[]): void;
  /**
   * From taps and spans: what happened to copies; gives those that changed a row. An outcome goes forward only: sent, delivered,
   * settled. Died again comes after any of them; it is taken back only by a journey that shows a later delivery out of the
   * queue where it died.
   */
  noteCopies(changes: readonly CopyChange[]): CopyChange[];
  /** Rows of the job from `after` on whose copy may still be heard of: confirmed or delivered, in their order. */
  openCopies(jobId: string, after: number, limit: number): { seq: number; journey: string }[];
  counts(jobId: string): ReplayCounts;
  /** What happened to the job's messages over time, in at most 120 slices; empty before it started. */
  progress(jobId: string): ReplayProgress;
  /** Rows that did not make it first, then by sequence. */
  messages(jobId: string, limit: number, offset: number, which?: WhichMessages): ReplayMessage[];
  messagesIn(jobId: string, outcome: ReplayOutcome): ReplayMessage[];
  /** The same rows one by one, of a million too; `visit` must not use the store. */
  eachLetter(
    jobId: string,
    outcome: ReplayOutcome,
    visit: (row: Pick<ReplayMessage, 'seq' | 'deadLetterId'>) => void,
  ): void;
  /** Rows whose sending was begun and never answered by the broker: sending, unknown, or seen to arrive by a tap first. */
  unanswered(jobId: string): ReplayMessage[];

  /** One job per dead-letter queue. Returns the holder when somebody else has it and it has not run out. */
  acquireLease(
    key: string,
    holder: string,
    now: number,
    forMs: number,
  ): { ok: true } | { ok: false; holder: string };
  releaseLease(key: string, holder: string): void;

  requestKey(user: string, key: string): StoredRequestKey | null;
  putRequestKey(user: string, key: string, stored: StoredRequestKey): void;
  deleteRequestKey(user: string, key: string): void;
  deleteOldRequestKeys(before: number): number;

  close(): void;
}
