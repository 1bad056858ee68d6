/**
 * `script/bench history`: some days of readings of many queues, written at speed into a store of the past, quarter by
 * quarter as the application does it, then asked for every range that the pages offer. No broker and no server: what is
 * measured is the store, which lives in the server's own thread.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Point } from '../lib/model/live.ts';
import type { PastStore } from '../lib/store/past.ts';
import { openPastStore } from '../lib/store/sqlite/past-store.ts';
import { root } from '../script/lib/build.ts';
import { Refusal, say, textOf } from '../script/lib/shell.ts';
import { type Machine, machine } from './machine.ts';
import { round, type Spread, spread } from './statistics.ts';

const help = `Usage: script/bench history [flags]

Writes readings of each 5 s (depth that rises and drains, rates that vary, all
queues busy unless told otherwise) into a new store in the folder for temporary
files, and asks it for the ranges of the pages, also in between. Three days of
500 queues take about a minute.

  --queues N    10 to 20,000 (default 500)
  --days N      1 to 30 (default 3)
  --busy N      percent of the queues that ever hold a message (default 100)
  --name NAME   of the result's file (default: history)
  --help        this text
`;

export interface HistoryOptions {
  queues: number;
  days: number;
  /** 0..1 */
  busy: number;
}

export interface HistoryResult {
  queues: number;
  days: number;
  busy: number;
  /** Queue-quarters (180 readings each) per second of the store's own time, and ms of each. */
  quartersPerSecond: number;
  msPerQuarter: Spread;
  /** Of the processor's time, of which other programs take nothing. */
  cpuMsPerQuarter: number;
  /** ms of one lot of 20 queues, one transaction: for so long nothing else runs. */
  msPerLot: Spread;
  /** Processor's share that writing takes of one core at this many queues: a quarter of an hour has 900 s. */
  share: number;
  bytes: number;
  bytesPerQueue: number;
  /** ms by range: of queues taken at random, and of the broker as a whole. */
  reads: { range: string; queue: Spread; all: Spread; whileWriting: Spread; points: number }[];
}

const QUARTER = 900_000;
const STEP = 5_000;
const LOT = 20;
const TIMES_ASKED = 60;
/** Points of a chart. */
const POINTS = 360;
const ranges: [string, number][] = [
  ['30 min', 1_800_000],
  ['3 h', 3 * 3_600_000],
  ['24 h', 86_400_000],
  ['3 d', 3 * 86_400_000],
  ['7 d', 7 * 86_400_000],
  ['30 d', 30 * 86_400_000],
];

/** The same numbers at each run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One queue's readings of a quarter: it fills for some minutes, then drains. */
function quarterOf(queue: number, from: number, busy: boolean, random: () => number): Point[] {
  const pace = 1 + (queue % 50);
  let ready = busy ? Math.floor(random() * 400) : 0;
  return Array.from({ length: QUARTER / STEP }, (_, i) => {
    if (!busy)
      return {
        at: from + i * STEP,
        ready: 0,
        unacked: 0,
        publish: 0,
        deliver: 0,
        ack: 0,
        redeliver: 0,
        consumers: 1,
      };
    const publish = Math.round((pace + random() * pace) * 10) / 10;
    const deliver = Math.round(publish * (i % 120 < 70 ? 0.8 : 1.3) * 10) / 10;
    ready = Math.max(0, Math.round(ready + (publish - deliver) * 5));
    const unacked = Math.floor(random() * 20);
    const redeliver = random() < 0.05 ? 0.2 : 0;
    return {
      at: from + i * STEP,
      ready,
      unacked,
      publish,
      deliver,
      ack: deliver,
      redeliver,
      consumers: 1 + (queue % 4),
    };
  });
}

export function historyTimes({ queues, days, busy }: HistoryOptions, signal?: AbortSignal): HistoryResult {
  const dir = mkdtempSync(join(tmpdir(), 'hoplight-history-'));
  const file = join(dir, 'past.db');
  const end = Math.floor(Date.now() / QUARTER) * QUARTER;
  let now = end;
  const store = openPastStore(file, { clock: () => now });
  const random = dice(1);
  const lots: Lot[] = [];
  const whileWriting = new Map(ranges.map(([name]) => [name, [] as number[]]));
  try {
    for (let from = end - days * 86_400_000; from < end; from += QUARTER) {
      signal?.throwIfAborted();
      now = from + QUARTER;
      writeQuarter(store, { queues, busy }, from, random, lots);
      store.forget(now);
      const [name, ms] = ranges[((from / QUARTER) | 0) % ranges.length] ?? ranges[0] ?? ['', 0];
      whileWriting
        .get(name)
        ?.push(timed(() => read(store, Math.floor(random() * queues), from + QUARTER, ms)));
    }
    const total = lots.reduce((a, b) => a + b.ms, 0);
    const cpu = lots.reduce((a, b) => a + b.cpu, 0);
    const perQuarter = spread(lots.map(({ ms }) => ms / LOT));
    const reads = ranges.map(([range, ms]) => ({
      range,
      queue: times(() => read(store, Math.floor(random() * queues), end, ms)),
      all: times(() => store.read('', '', end - ms, end, POINTS)),
      whileWriting: spread(whileWriting.get(range) ?? []),
      points: read(store, 0, end, ms).slots.size,
    }));
    store.close(); // what is still in the log goes into the file
    const bytes = statSync(file).size;
    return {
      queues,
      days,
      busy,
      quartersPerSecond: round((days * 96 * queues) / (total / 1_000)),
      msPerQuarter: perQuarter,
      cpuMsPerQuarter: Number((cpu / (days * 96 * queues)).toFixed(3)),
      msPerLot: spread(lots.map(({ ms }) => ms)),
      share: Number((cpu / (days * 96) / QUARTER).toFixed(6)),
      bytes,
      bytesPerQueue: Math.round(bytes / queues),
      reads,
    };
  } finally {
    store.close();
    rmSync(dir, { recursive: true });
  }
}

function writeQuarter(
  store: PastStore,
  { queues, busy }: Pick<HistoryOptions, 'queues' | 'busy'>,
  from: number,
  random: () => number,
  lots: Lot[],
): void {
  store.put([{ vhost: '', name: '', points: quarterOf(7, from, true, random) }]);
  for (let first = 0; first < queues; first += LOT) {
    const rows = Array.from({ length: Math.min(LOT, queues - first) }, (_, i) => ({
      vhost: '/',
      name: `queue-${first + i}`,
      points: quarterOf(first + i, from, first + i < queues * busy, random),
    }));
    const before = process.cpuUsage();
    const ms = timed(() => store.put(rows));
    const { user, system } = process.cpuUsage(before);
    lots.push({ ms, cpu: (user + system) / 1_000 });
  }
}

/** ms by the clock and of the processor */
interface Lot {
  ms: number;
  cpu: number;
}

function read(store: PastStore, queue: number, end: number, ms: number) {
  return store.read('/', `queue-${queue}`, end - ms, end, POINTS);
}

function timed(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function times(work: () => unknown): Spread {
  return spread(Array.from({ length: TIMES_ASKED }, () => timed(work)));
}

function lines(r: HistoryResult): string {
  const ms = (s: Spread) => `${s.p50} (${s.p95})`;
  return [
    `${r.queues} queues, ${r.days} days: ${r.quartersPerSecond} queue-quarters/s, ${r.msPerQuarter.p50} ms each (${r.cpuMsPerQuarter} of the processor), a lot of ${LOT} ${ms(r.msPerLot)} ms`,
    `${(r.bytes / 1e6).toFixed(1)} MB, ${(r.bytesPerQueue / 1e3).toFixed(1)} kB a queue; writing takes ${(r.share * 100).toFixed(2)} % of a core`,
    '',
    '| range | points | a queue, ms: median (p95) | all | while writing |',
    '|---|---|---|---|---|',
    ...r.reads.map(
      (q) => `| ${q.range} | ${q.points} | ${ms(q.queue)} | ${ms(q.all)} | ${ms(q.whileWriting)} |`,
    ),
  ].join('\n');
}

function main(args: string[]): void {
  const { values } = parseArgs({
    args,
    options: {
      queues: { type: 'string', default: '500' },
      days: { type: 'string', default: '3' },
      busy: { type: 'string', default: '100' },
      name: { type: 'string', default: 'history' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const number = (name: 'queues' | 'days' | 'busy', least: number, most: number): number => {
    const n = Number(values[name]);
    if (!Number.isInteger(n) || n < least || n > most)
      throw new Refusal(`--${name} takes a number from ${least} to ${most}.`);
    return n;
  };
  if (!/^[\w.-]{1,60}$/.test(values.name))
    throw new Refusal('--name takes letters, digits, dots and dashes.');
  const options = {
    queues: number('queues', 10, 20_000),
    days: number('days', 1, 30),
    busy: number('busy', 0, 100) / 100,
  };
  say(`Writing ${options.days} days of ${options.queues} queues`);
  const at = new Date().toISOString();
  const before: Machine = machine();
  const result = historyTimes(options);
  process.stdout.write(`${lines(result)}\n`);
  const folder = join(root, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = `${at.slice(0, 10)}-${values.name}.json`;
  writeFileSync(
    join(folder, file),
    `${JSON.stringify({ at, machine: before, node: process.versions.node, ...result }, null, 2)}\n`,
  );
  say(`Raw figures: bench/results/${file}`);
}

if (import.meta.main)
  try {
    main(process.argv.slice(2));
  } catch (error) {
    say(textOf(error));
    process.exitCode = 1;
  }
