/** What a plan is made of, and what its warnings look at. */
import type { Queue, Snapshot } from '../model/broker.ts';
import type { DeadLetterTopology } from '../model/dead-letter-topology.ts';
import type { Plan, ReplayRequest } from '../model/replay.ts';
import type { Route } from '../model/topology.ts';
import type { Address } from './origin.ts';
import type { Index } from './selection.ts';

/** What the broker was asked about the targets a moment ago. What it did not say is not in it. */
export interface Asked {
  /** By `addressKey`. */
  mayWrite: ReadonlyMap<string, Plan['targets'][number]['mayWrite']>;
  /** Messages that lie ready in a target queue, by its name: the management API lags by seconds. */
  ready: ReadonlyMap<string, number>;
}

export interface PlanInput {
  request: ReplayRequest;
  snapshot: Snapshot;
  queue: Queue;
  index: Index;
  asked: Asked;
  /** Where it leads, when that was worked out already: it takes its time where every message has a key of its own. */
  aims?: readonly Aim[];
  /** How long the file of a deletion is kept. */
  exportDays: number;
  now: number;
}

/** A target with where it leads now. */
export interface Aim extends Address {
  messages: number | null;
  way: Route;
  queues: { name: string; queue: Queue | undefined }[];
}

/** What is worked out once for all rules of a plan. */
export interface PlanView extends PlanInput {
  /** The selected that were read, and of them those that are to be sent: the others stay. */
  chosen: PlanInput['index']['entries'];
  going: PlanInput['index']['entries'];
  selected: number;
  exact: boolean;
  aims: readonly Aim[];
  topology: DeadLetterTopology;
}

export function addressKey(a: Address): string {
  return JSON.stringify([a.exchange, a.routingKey]);
}
