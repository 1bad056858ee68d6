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

/** Processor time, ms, above what it is when nobody looks. */
export interface Cost {
  viewers: number;
  refreshes: number;
  /** From one refresh to the next, on average. */
  everyMs: number;
  broker: { perRefresh: number; perMinute: number };
  /** All of the server's process; null: it did not run. */
  app: { perRefresh: number; perMinute: number } | null;
}

/** One question of those that watching consists of: what it costs the broker each time, and how often it is asked. */
export interface PartCost {
  part: string;
  /** null: it was not answered. */
  brokerMs: number | null;
  /** ms; null: not said by the application, or not asked at all. */
  everyMs: number | null;
}

/** Of watching a broker with so many queues. */
export interface OverviewCosts {
  queues: number;
  /** Of the broker while nobody looks, before and after the rest: as far as they lie apart the figures may be wrong. */
  idlePerMinute: number[];
  /**
   * The management UI's page of queues, the first hundred of them; the same sorted by messages; and all of them, by pages
   * of 500, the most that it shows at once: what our list shows.
   */
  management: Cost;
  sorted: Cost;
  all: Cost;
  one: Cost;
  fifty: Cost;
  /** Of the broker's time, ours with one viewer to theirs, and with fifty to with one; null: nothing to divide by. */
  ratios: {
    perRefresh: number | null;
    perMinute: number | null;
    sortedPerRefresh: number | null;
    sortedPerMinute: number | null;
    allPerRefresh: number | null;
    allPerMinute: number | null;
    fiftyToOne: number | null;
  };
  parts: PartCost[];
}

export interface OverviewResults {
  costs: OverviewCosts[];
  /** Sizes that could not be measured, with why. */
  left: { queues: number; why: string }[];
}

/** Some visits of one page with a fresh profile. */
export interface PageTimes {
  route: string;
  /** From the navigation to the first figures of the broker in the page. */
  liveMs: Spread;
  /** Processor time of the page's thread until then: what is left of it on a busy machine. */
  threadMs: Spread;
  /** The longest of each visit until two seconds later. */
  longestTaskMs: number;
}

/** The list of queues in a real browser. */
export interface QueuesPage {
  queues: number;
  firstRowMs: Spread;
  /** Rows in the document at the end of a scroll. */
  rows: number;
  scroll: { p50: number; p95: number; lateShare: number; longTasks: number[] };
  /** The same browser scrolling a bare page of as many plain rows: what this machine can do at all. */
  plain: { p50: number; p95: number; lateShare: number };
  /** From a key, or a click on a head, to the new rows; the pause that waits for more keys included. */
  filterMs: Spread;
  sortMs: Spread;
  /** The slowest input of all by the browser's own event timing, to its next paint; null: none took 16 ms. */
  slowestInputMs: number | null;
}

export interface PageResults {
  queues: number;
  pages: PageTimes[];
  left: { route: string; why: string }[];
  list: QueuesPage;
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
  overview: Part<OverviewResults>;
  pages: Part<PageResults>;
  tookMs: number;
}

/** What each figure should stay below. */
export const aims = {
  firstLoadKb: 170,
  memoryMb: 250,
  journeyP95Ms: 500,
  overviewRatio: 0.25,
  fiftyToOne: 1.1,
  firstRowMs: 1_000,
  frameMs: 17,
} as const;
