/** What the capture worker and its supervisor say to each other. Plain data: it is copied between threads. */
import type { Config } from '../config.ts';
import type { CaptureSettings } from '../model/capture.ts';
import type { Fact } from '../model/fact.ts';
import type { AmqpStatus, CaptureCounts, EventSource, StoreStatus, Tap } from '../model/live.ts';
import type { KnownConnection, KnownConsumer } from './broker-clients.ts';
import type { Cost } from './cost.ts';
import type { DeadLetterSource } from './dead-letter-plan.ts';
import type { DeathsTold } from './deaths-told.ts';

export interface WorkerStart {
  /** folder of the fact store */
  dir: string;
  config: Pick<Config, 'amqpUrl' | 'service' | 'tap' | 'store' | 'capture'>;
  /** Each commit names the journeys that it touched. */
  tellJourneys?: boolean;
  /** Why nobody listened between the last heartbeat and now, in words. */
  pause: string;
}

export type ToWorker =
  /** Exactly these vhosts are tapped from now on. `nodes`: how many the cluster has. */
  | { type: 'taps'; vhosts: string[]; offWords: string; nodes: number }
  | { type: 'sources'; sources: [vhost: string, sources: DeadLetterSource[]][] }
  /** on null: cannot be known. `since`: when tracing was last known to be on, ms since 1970. */
  | { type: 'tracing'; vhost: string; on: boolean | null; words: string | null; since: number | null }
  /** Our own facts; `number` counts these messages up. */
  | { type: 'record'; number: number; facts: Fact[] }
  | { type: 'own'; name: string; there: boolean }
  /** The broker's clients that were there before its events were listened to. */
  | { type: 'clients'; connections: KnownConnection[]; consumers: KnownConsumer[] }
  | { type: 'remember'; name: SettingName; value: string }
  /** What is captured from now on, and after restarts; answered by `changed` with the same number. */
  | { type: 'settings'; number: number; settings: CaptureSettings }
  /** Forgets what is stored, or what is older than `before`, ms since 1970; answered by `purged`. */
  | { type: 'purge'; number: number; before: number | null }
  | { type: 'stop' };

export type FromWorker =
  | { type: 'ready'; settings: Record<SettingName, string | null> }
  | { type: 'status'; status: WorkerStatus }
  /**
   * A batch is in the store; those of its facts that belong to a replay's copies; keys of the journeys that got spans, and of
   * all where wanted; the deaths among them.
   */
  | {
      type: 'committed';
      replayFacts: Fact[];
      spanned: string[];
      journeys: string[];
      deaths: DeathsTold[];
    }
  /** The tap of this vhost consumes; tracing is to be switched on. */
  | { type: 'listening'; vhost: string }
  /** The settings hold, at the broker too where a tap listens. */
  | { type: 'changed'; number: number }
  /** How many facts went; null: none, and why. */
  | { type: 'purged'; number: number; facts: number | null; problem: string | null }
  /** The broker's own events come in from now on. */
  | { type: 'events' }
  /** The broker told the end of a consumer, or of what may hold one. */
  | { type: 'ended' }
  | { type: 'stopped' };

/**
 * `tracing`: vhosts whose tracing we switched on, JSON. `taps off`: vhosts whose tap somebody switched off, JSON.
 * `capture`: what somebody chose to capture (CaptureSettings, JSON).
 */
export type SettingName = 'tracing' | 'taps off' | 'capture';

export interface WorkerStatus {
  taps: Tap[];
  counts: CaptureCounts;
  store: StoreStatus;
  amqp: AmqpStatus;
  events: EventSource[];
  cost: Cost[];
  /** Number of the last `record` that came; those after it are still under way. */
  taken: number;
  /** Every `record` up to this number is stored. */
  recorded: number;
}
