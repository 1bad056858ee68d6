/** What the rules that look for trouble may know besides the snapshot. The live picture offers it, the rules read it. */
import type { GoneConsumer, Snapshot } from './broker.ts';
import type { DeadLetterTopology } from './dead-letter-topology.ts';
import type { Attention, Point } from './live.ts';

export interface Past {
  /** A queue's points of the last `forMs`, oldest first; empty when it is not known. A point that was not read has nulls. */
  points(vhost: string, name: string, forMs: number): Point[];
  /** Since when the queue has had no consumer (at the earliest, since Hoplight began to look); null: has one, or unknown. */
  unattendedSince(vhost: string, name: string): number | null;
  /** A consumer of it was seen since Hoplight began to look. */
  hadConsumer(vhost: string, name: string): boolean;
  /** Newest first. */
  gone: readonly GoneConsumer[];
  topology: DeadLetterTopology;
  /** By `queueKey`: dead letters of causes that somebody muted; absent: none. */
  muted?: ReadonlyMap<string, number>;
  /** What was said after the reading before: what lasts keeps its `since`, and may need less to stay than to come. */
  previous: readonly Attention[];
}

export type Judge = (snapshot: Snapshot, past: Past) => Attention[];
