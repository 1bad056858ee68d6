/** What a run measured. One JSON file a run in bench/results; the Markdown table is made from the same object. */
import type { Machine } from './machine.ts';
import type { Spread } from './statistics.ts';

/** A part was measured, or says why not: a figure is never made up. */
export type Part<T> = { measured: true; tookMs: number; value: T } | { measured: false; why: string };

export interface RouteScripts {
  /** As a person would write it, with a sample in place of `[name]`. */
  route: string;
  /** Bytes as they travelled (gzip) of the scripts that the page's HTML names: needed before it works. */
  firstLoad: number;
  /** Bytes of every script fetched until the page was quiet: lazy charts and what it fetched ahead included. */
  all: number;
  scripts: number;
}

export interface FirstLoad {
  routes: RouteScripts[];
  /** Pages that could not be opened, with why. */
  left: { route: string; why: string }[];
}

/** Resident set of the server's process and its children in bytes; its worker is a thread of it. */
export interface Memory {
  /** Started, nobody calls, an idle broker. */
  atRest: number;
  /** Of `atRest`: memory of its own (the heap and what native code took); the remainder is files mapped into memory. */
  atRestAnonymous: number | null;
  settledAfterMs: number;
  /** At the end of the run, at once, with the demo still sending; and at rest again without it. */
  afterTraffic: number | null;
  atRestAgain: number | null;
}

export interface JourneyTimes {
  /** From before `POST /api/publish` until `GET /api/journeys/{id}` shows the publish and the delivery. */
  ours: Spread;
  /** The same from before a plain client's publish with nothing but a header X-Trace-ID. */
  plain: Spread;
  /** Not shown within the limit; not part of the spreads. */
  missed: number;
}

export interface HttpTimes {
  path: string;
  ours: Spread;
  bytes: number;
  /** The management API's answer to the same question, measured in turn with ours. */
  peer: { path: string; times: Spread; bytes: number; ratio: number } | null;
}

/** Dead letters moved back, all confirmed, from and to queues of this type; the shovel moves as many of the same after it. */
export interface ReplayRace {
  type: 'classic' | 'quorum';
  oursPerSecond: number;
  shovelPerSecond: number;
  ratio: number;
}

/** What finding `selected` messages of `of` took: `planMs` until the job began, `runMs` until all were confirmed. */
export interface FilteredReplay {
  selected: number;
  of: number;
  planMs: number;
  runMs: number;
}

export interface ReplayTimes {
  messages: number;
  bodyBytes: number;
  races: ReplayRace[];
  filtered: FilteredReplay;
}

export interface BenchResult {
  /** ISO 8601 */
  at: string;
  commit: string | null;
  machine: Machine;
  versions: { node: string; next: string; rabbitmq: string; chromium: string | null };
  /** Messages per second of the demo while parts other than memory at rest ran, as asked of it. */
  demoRate: number;
  firstLoad: Part<FirstLoad>;
  memory: Part<Memory>;
  journey: Part<JourneyTimes>;
  http: Part<HttpTimes[]>;
  replay: Part<ReplayTimes>;
  tookMs: number;
}

/** What each figure should stay below. */
export const aims = { firstLoadKb: 170, memoryMb: 250, journeyP95Ms: 500 } as const;
