/** What happened, beside the figures of the past: see `Moment`. SQLite behind it lies in `sqlite/moment-store.ts`. */
import type { Moment, MomentKind } from '../model/moment.ts';

export interface MomentStore {
  /** A moment whose ID is there already is left as it is. */
  add(moments: readonly Moment[]): void;
  /** Newest first, at most `limit`; of these vhosts and of those that belong to none. */
  list(q: {
    vhosts: readonly string[];
    vhost?: string | undefined;
    queue?: string | undefined;
    connection?: string | undefined;
    kinds?: readonly MomentKind[] | undefined;
    /** ms since 1970, [from, to) */
    from: number;
    to: number;
    limit: number;
  }): Moment[];
  /** Throws away what is older than it keeps. Gives how many went. */
  forget(now: number): number;
}
