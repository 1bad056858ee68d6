/** What the capture worker and its supervisor say to each other. Plain data: it is copied between threads. */
import type { Config } from '../config.ts';
import type { Fact } from '../model/fact.ts';
import type { AmqpStatus, CaptureCounts, StoreStatus, Tap } from '../model/live.ts';
import type { DeadLetterSource } from './dead-letter-plan.ts';

export interface WorkerStart {
  /** folder of the fact store */
  dir: string;
  config: Pick<Config, 'amqpUrl' | 'service' | 'tap' | 'store'>;
  /** Why nobody listened between the last heartbeat and now, in words. */
  pause: string;
}

export type ToWorker =
  /** Exactly these vhosts are tapped from now on. */
  | { type: 'taps'; vhosts: string[]; offWords: string }
  | { type: 'sources'; sources: [vhost: string, sources: DeadLetterSource[]][] }
  /** on null: cannot be known. `since`: when tracing was last known to be on, ms since 1970. */
  | { type: 'tracing'; vhost: string; on: boolean | null; words: string | null; since: number | null }
  /** Our own facts; `number` counts these messages up. */
  | { type: 'record'; number: number; facts: Fact[] }
  | { type: 'own'; name: string; there: boolean }
  | { type: 'remember'; name: SettingName; value: string }
  | { type: 'stop' };

export type FromWorker =
  | { type: 'ready'; settings: Record<SettingName, string | null> }
  | { type: 'status'; status: WorkerStatus }
  /** A batch is in the store; those of its facts that belong to a replay's copies. */
  | { type: 'committed'; replayFacts: Fact[] }
  /** The tap of this vhost consumes; tracing is to be switched on. */
  | { type: 'listening'; vhost: string }
  | { type: 'stopped' };

/** `tracing`: vhosts whose tracing we switched on, JSON. `taps off`: vhosts whose tap somebody switched off, JSON. */
export type SettingName = 'tracing' | 'taps off';

export interface WorkerStatus {
  taps: Tap[];
  counts: CaptureCounts;
  store: StoreStatus;
  amqp: AmqpStatus;
  /** Number of the last `record` that came; those after it are still under way. */
  taken: number;
  /** Every `record` up to this number is stored. */
  recorded: number;
}
