/** What a plan is made of, and what its warnings look at. */
import type { Queue, Snapshot } from '../model/broker.ts';
import type { ReplayRequest } from '../model/replay.ts';
import type { Route } from '../model/topology.ts';
import type { Address } from './origin.ts';
import type { Index } from './selection.ts';

export interface PlanInput {
  request: ReplayRequest;
  snapshot: Snapshot;
  queue: Queue;
  index: Index;
  now: number;
}

/** A target with where it leads now. */
export interface Aim extends Address {
  messages: number | null;
  way: Route;
  queues: { name: string; queue: Queue | undefined }[];
}
