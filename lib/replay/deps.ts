/** What a replay needs of the rest of the application. */
import type { AmqpConnection } from '../amqp/connection.ts';
import type { Audit } from '../audit/record.ts';
import type { Snapshot } from '../model/broker.ts';
import type { Fact, Gap } from '../model/fact.ts';
import type { Hop } from '../model/journey.ts';
import type { StateStore } from '../store/state.ts';
import type { Watcher } from './control.ts';
import type { TapView } from './seen-deaths.ts';

/** Who acts. The connections carry this user's own credentials, so that the broker decides what may be done. */
export interface Actor {
  user: string;
  /** A new, open connection each time. Throws HoplightError. */
  connect(vhost: string, name: string): Promise<AmqpConnection>;
}

export interface ReplayDeps {
  state: StateStore;
  audit: Pick<Audit, 'begin'>;
  /** ms since 1970 */
  clock: () => number;
  /** The shared reading; null before the first. */
  snapshot: () => Snapshot | null;
  /** Reads it now. */
  refresh: () => Promise<void>;
  /** Our own facts, for the journeys. */
  record: (facts: Fact[]) => void;
  /** Tells the capture that what this connection is handed is our own reading, by the broker's name of it. */
  ownConnection: (name: string, there: boolean) => void;
  /** Whether the firehose tells of what we read ourselves in this vhost; else the reading does. Default: it does not. */
  firehoseTellsReads?: (vhost: string) => boolean;
  /** The hops of a journey as it stands, null when it is gone. Absent: nobody reads what spans tell of the copies. */
  readHops?: (journey: string) => readonly Hop[] | null;
  /** Stretches of time since then in which facts of this vhost may be missing. */
  gaps?: (vhost: string, since: number) => readonly Gap[];
  /** How far a vhost is listened to now; absent, or null: not at all, and copies are not followed. */
  tap?: (vhost: string) => TapView | null;
  /** Bytes of each body that facts and readings keep; default 16,384. */
  bodyBytes?: number;
  /** Copies in flight at most, and so the most that one crash can duplicate; default 500. */
  window?: number;
  /** How long a job's claim on its queue outlives the process, ms; default 15,000. */
  leaseMs?: number;
  /** The folder of the files that hold what deletions took out of queues; made when it is needed. */
  exportsDir: string;
  /** How many days such a file is kept after its job ended; default 30. */
  exportDays?: number;
  /** Canary, brake and following; without one a job is done when all were sent. */
  watch?: Watcher;
  /** How long a message may stay unacknowledged before it is put back and read again, ms; default 300,000. */
  roundMs?: number;
  /** First wait before a full target is tried again, ms; it doubles from try to try. Default 1,000. */
  backOffMs?: number;
  /** Hex digits for job IDs. */
  newId?: () => string;
}

export const DEFAULT_BODY_BYTES = 16_384;
export const DEFAULT_WINDOW = 500;
export const EXPORT_DAYS = 30;
export const DEFAULT_LEASE_MS = 15_000;

/** Firehose events of a connection come in a little after it closed. */
const OWN_FOR_MS = 10_000;

/** A connection for reading: the tap is told that what it sees on it is not a consumer at work. */
export async function connectForReading(
  d: Pick<ReplayDeps, 'ownConnection'>,
  actor: Actor,
  vhost: string,
  name: string,
): Promise<AmqpConnection> {
  const connection = await actor.connect(vhost, name);
  const known = connection.brokerName();
  if (known !== null) {
    d.ownConnection(known, true);
    const off = connection.onChange(({ state }) => {
      if (state !== 'closed') return;
      off();
      setTimeout(() => d.ownConnection(known, false), OWN_FOR_MS).unref();
    });
  }
  return connection;
}
