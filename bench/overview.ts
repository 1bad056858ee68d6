/**
 * What watching a broker costs it: its processor time while a page of queues is open, ours with one and with fifty
 * viewers, beside the management UI's own, in the same run. What it takes when nobody looks is taken away from each.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeAnswer } from '../script/lib/broker-node.ts';
import { say } from '../script/lib/shell.ts';
import type { TestApp } from '../test/with-app.ts';
import { cpuMs } from './cpu.ts';
import { partCosts } from './parts.ts';
import type { Cost, OverviewCosts } from './result.ts';
import { round } from './statistics.ts';
import { openViewers, type Viewers } from './viewers.ts';

/** Fifty first states are sent at once; they are no refresh. */
const AFTER_OPENING_MS = 5_000;
/** The management UI's pace, unless somebody chose another. */
const EVERY_MS = 5_000;
/** What its page of queues asks at each refresh, by its own code (`renderQueues` of RabbitMQ 4.3's main.js): two questions. */
const page = (number: number, size: number) =>
  `/api/queues?page=${number}&page_size=${size}&name=&use_regex=false&pagination=true`;
const PAGE = page(1, 100);
const BESIDE = '/api/vhosts';
/** The same page with its column of messages clicked: the longest first, which our list shows unasked. */
const SORTED = `${PAGE}&sort=messages&sort_reverse=true`;
/** It shows no more at once; all of them are so many pages. */
const LONGEST_PAGE = 500;
const allPages = (queues: number) =>
  Array.from({ length: Math.ceil(queues / LONGEST_PAGE) }, (_, i) => page(i + 1, LONGEST_PAGE));

export interface OverviewStage {
  node: NodeAnswer;
  queues: number;
  startApp(): Promise<TestApp>;
  /** ms: of each window, of which each kind has two; and before the first, since the first readings are dearer. */
  windows: { each: number; settle: number };
}

type Kind = 'idle' | 'theirs' | 'sorted' | 'all' | 'one' | 'fifty';

interface Window {
  brokerMs: number;
  appMs: number | null;
  tookMs: number;
  refreshes: number;
}

export async function overviewCosts(stage: OverviewStage, signal: AbortSignal): Promise<OverviewCosts> {
  const { node, queues, windows } = stage;
  const taken: Record<Kind, Window[]> = { idle: [], theirs: [], sorted: [], all: [], one: [], fifty: [] };
  const alone = {
    idle: () => nothing(windows.each, signal),
    theirs: () => refreshing(node, [PAGE], windows.each, signal),
    sorted: () => refreshing(node, [SORTED], windows.each, signal),
    all: () => refreshing(node, allPages(queues), windows.each, signal),
  };
  // there and back: what rises or falls in the course of the run weighs on all alike
  const kinds = ['idle', 'theirs', 'sorted', 'all'] as const;
  for (const kind of kinds) taken[kind].push(await during(node, null, signal, alone[kind]));
  const readings = await withOurs(stage, taken, signal);
  for (const kind of kinds.toReversed()) taken[kind].push(await during(node, null, signal, alone[kind]));

  const sum = (of: (w: Window) => number) => taken.idle.reduce((all, w) => all + of(w), 0);
  const idlePerMs = sum((w) => w.brokerMs) / sum((w) => w.tookMs);
  const costs = {
    management: costOf(taken.theirs, 1, idlePerMs),
    sorted: costOf(taken.sorted, 1, idlePerMs),
    all: costOf(taken.all, 1, idlePerMs),
    one: costOf(taken.one, 1, idlePerMs),
    fifty: costOf(taken.fifty, 50, idlePerMs),
  };
  const idlePerMinute = taken.idle.map((w) => round((w.brokerMs / w.tookMs) * 60_000));
  const parts = await partCosts(node, idlePerMs, readings, signal);
  return { queues, idlePerMinute, ...costs, ratios: ratiosOf(costs), parts };
}

async function withOurs(
  stage: OverviewStage,
  taken: Record<Kind, Window[]>,
  signal: AbortSignal,
): Promise<ReturnType<Viewers['parts']>> {
  const { node, windows } = stage;
  const app = await stage.startApp();
  const one = await openViewers(app, node, 1);
  try {
    await one.open;
    await settled(one, windows.settle, signal);
    taken.one.push(await watched(one, stage, app, signal));
    const more = await openViewers(app, node, 49);
    try {
      await more.open;
      await nothing(AFTER_OPENING_MS, signal);
      for (let turn = 0; turn < 2; turn++) taken.fifty.push(await watched(one, stage, app, signal));
    } finally {
      more.close();
    }
    taken.one.push(await watched(one, stage, app, signal));
    return one.parts();
  } finally {
    one.close();
    await app.stop();
  }
}

const nothing = (forMs: number, signal: AbortSignal): Promise<undefined> =>
  sleep(forMs, undefined, { signal });

async function during(
  node: NodeAnswer,
  app: TestApp | null,
  signal: AbortSignal,
  work: () => Promise<number | undefined>,
): Promise<Window> {
  signal.throwIfAborted();
  const before = { broker: cpuMs(node.pid), app: app && cpuMs(app.pid), at: performance.now() };
  const refreshes = (await work()) ?? 0;
  return {
    brokerMs: cpuMs(node.pid) - before.broker,
    appMs: app && before.app !== null ? cpuMs(app.pid) - before.app : null,
    tookMs: performance.now() - before.at,
    refreshes,
  };
}

/** Asks as the page does, answers read to their end; gives how often. */
async function refreshing(
  node: NodeAnswer,
  pages: readonly string[],
  forMs: number,
  signal: AbortSignal,
): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${node.user}:${node.password}`).toString('base64')}`;
  const rounds = Math.max(1, Math.round(forMs / EVERY_MS));
  for (let i = 0; i < rounds; i++) {
    const next = sleep(EVERY_MS, undefined, { signal });
    for (const path of [...pages, BESIDE]) {
      const response = await fetch(`${node.management}${path}`, { headers: { authorization }, signal });
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`GET ${path}: ${response.status}`);
    }
    await next;
  }
  return rounds;
}

/** Until three readings came and the time is over: the first are slower, and dearer, than those after them. */
async function settled(viewer: Viewers, forMs: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + forMs;
  const limit = end + 120_000;
  while (viewer.readings() < 3 || performance.now() < end) {
    if (performance.now() > limit) throw new Error('three readings did not come within two minutes');
    await sleep(100, undefined, { signal });
  }
}

function watched(viewer: Viewers, stage: OverviewStage, app: TestApp, signal: AbortSignal): Promise<Window> {
  return during(stage.node, app, signal, async () => {
    const before = viewer.readings();
    await nothing(stage.windows.each, signal);
    return viewer.readings() - before;
  });
}

function costOf(windows: readonly Window[], viewers: number, idlePerMs: number): Cost {
  const sum = (of: (w: Window) => number) => windows.reduce((all, w) => all + of(w), 0);
  const took = sum((w) => w.tookMs);
  const refreshes = sum((w) => w.refreshes);
  const broker = Math.max(0, sum((w) => w.brokerMs) - idlePerMs * took);
  const app = windows.some((w) => w.appMs === null) ? null : sum((w) => w.appMs ?? 0);
  const perRefresh = (ms: number) => round(ms / Math.max(1, refreshes));
  const perMinute = (ms: number) => round((ms / took) * 60_000);
  return {
    viewers,
    refreshes,
    everyMs: Math.round(took / Math.max(1, refreshes)),
    broker: { perRefresh: perRefresh(broker), perMinute: perMinute(broker) },
    app: app === null ? null : { perRefresh: perRefresh(app), perMinute: perMinute(app) },
  };
}

function ratiosOf(
  costs: Pick<OverviewCosts, 'management' | 'sorted' | 'all' | 'one' | 'fifty'>,
): OverviewCosts['ratios'] {
  const { management, sorted, all, one, fifty } = costs;
  const ratio = (ours: number, theirs: number) => (theirs > 0 ? round(ours / theirs) : null);
  const ratios = {
    perRefresh: ratio(one.broker.perRefresh, management.broker.perRefresh),
    perMinute: ratio(one.broker.perMinute, management.broker.perMinute),
    sortedPerRefresh: ratio(one.broker.perRefresh, sorted.broker.perRefresh),
    sortedPerMinute: ratio(one.broker.perMinute, sorted.broker.perMinute),
    allPerRefresh: ratio(one.broker.perRefresh, all.broker.perRefresh),
    allPerMinute: ratio(one.broker.perMinute, all.broker.perMinute),
    fiftyToOne: ratio(fifty.broker.perMinute, one.broker.perMinute),
  };
  say(`${JSON.stringify(ratios)} (ms of processor time, ours to theirs)`);
  return ratios;
}
