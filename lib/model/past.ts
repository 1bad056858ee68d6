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
  /** The whole broker's points of the last half hour, oldest first; absent: not known. */
  totals?(): Point[];
  /**
   * What the queue did at this time of day on earlier days, newest first; null: not looked up yet, ask again at the next
   * reading; absent: there is no history.
   */
  usual?(vhost: string, name: string, at: number): readonly UsualDay[] | null;
  /** Newest first. */
  gone: readonly GoneConsumer[];
  topology: DeadLetterTopology;
  /** By `queueKey`: dead letters of causes that somebody muted; absent: none. */
  muted?: ReadonlyMap<string, number>;
  /** All that was found after the reading before: what lasts keeps its `since`, and may need less to stay than to come. */
  previous: readonly Attention[];
}

/** An earlier day around the same time of day: that quarter of an hour and the two beside it. */
export interface UsualDay {
  /** How many days ago. */
  ago: number;
  /** The deepest, ready messages. */
  peak: number;
  /** How much deeper than the shallowest up to half an hour before. */
  gain: number;
  /** It came down again before the same time of the day after, to a fifth of its peak or less. */
  drained: boolean;
}

export interface Judged {
  /** All that was found, gravest first: each queue's own reasons, and what `previous` is to be next time. */
  found: Attention[];
  /** One line a cause, with its symptoms under it. */
  lines: Attention[];
}

export type Judge = (snapshot: Snapshot, past: Past) => Judged;
