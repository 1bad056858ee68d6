/** What happened, beside the figures of the past: see `Moment`. SQLite behind it lies in `sqlite/moment-store.ts`. */
import type { Moment, MomentKind } from '../model/moment.ts';

export interface MomentStore {
  /** A moment whose ID is there already takes the new words, time and source: what is learnt later is better known. */
  add(moments: readonly Moment[]): void;
  /**
   * Newest first, at most `limit`; of these vhosts and of those that belong to none. With `queue` or `connection`: its
   * own, and those of the broker and of its vhost as a whole.
   */
  list(q: MomentFilter): Moment[];
  /** The same by kind and stretches of `everyMs` from `from` on, each with its first and how many there are; in any order. */
  grouped(q: Omit<MomentFilter, 'limit' | 'connection'>, everyMs: number): MomentGroup[];
  /** Notes that somebody looks at the broker, ms since 1970; gives when that was noted last; null: never. */
  alive(at: number): number | null;
  /** Throws away what is older than it keeps, and the oldest where there are too many. Gives how many went. */
  forget(now: number): number;
  close(): void;
}

export interface MomentGroup {
  kind: MomentKind;
  /** Of the first and the last, ms since 1970. */
  at: number;
  until: number;
  count: number;
  /** Of one of them. */
  words: string;
}

export interface MomentFilter {
  vhosts: readonly string[];
  vhost?: string | undefined;
  queue?: string | undefined;
  connection?: string | undefined;
  kinds?: readonly MomentKind[] | undefined;
  /** ms since 1970, [from, to) */
  from: number;
  to: number;
  limit: number;
}
