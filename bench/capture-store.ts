/**
 * `script/bench store`: fills a fact store of its own with millions of facts and asks it everything that search offers.
 * No broker, no server: what is measured is the store, which the capture worker writes and the pages read.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { JourneyQuery } from '../lib/model/api.ts';
import type { Fact } from '../lib/model/fact.ts';
import type { FactReader } from '../lib/store/facts.ts';
import { openFactReader } from '../lib/store/sqlite/fact-reader.ts';
import { openFactWriter } from '../lib/store/sqlite/fact-writer.ts';
import { root } from '../script/lib/build.ts';
import { Refusal, say, textOf } from '../script/lib/shell.ts';
import { type Machine, machine } from './machine.ts';
import { round, type Spread, spread } from './statistics.ts';
import { sampleFacts } from './store-sample.ts';

const help = `Usage: script/bench store [flags]

Writes facts (a publish and a delivery of each message, five headers, bodies of
400 bytes, one in fifty dead) into a new store in the folder for temporary files,
then asks it by every filter. Needs about 2 KiB of disk for each fact.

  --facts N     10,000 to 20,000,000 (default 5,000,000)
  --name NAME   of the result's file (default: store)
  --help        this text
`;

/** Facts handed over at once, as the capture worker does it. */
const BATCH = 1_000;
const TIMES_ASKED = 20;

export interface Tenth {
  /** Facts in the store at its end. */
  facts: number;
  /** By the clock, and by the processor's time, of which other programs take nothing. */
  perSecond: number;
  cpuMicrosPerFact: number;
  /** ms */
  slowestBatch: number;
}

export interface Question {
  name: string;
  query: Partial<JourneyQuery>;
  /** ms of the first page when it is asked for the first time, and of the times after that. */
  first: number;
  again: Spread;
  /** ms of the processor for one of those times: a busy machine changes it little. */
  cpu: number;
  found: number;
  /** False: it stopped for lack of time, and would go on from there. */
  complete: boolean;
}

export interface StoreResult {
  at: string;
  machine: Machine;
  node: string;
  facts: number;
  bytesPerFact: number;
  tenths: Tenth[];
  /** Last tenth over first. */
  ratio: number;
  cpuRatio: number;
  /** Resident bytes of the process, at the end of writing. */
  memory: number;
  questions: Question[];
}

function write(
  dir: string,
  total: number,
  clock: { now: number },
): { tenths: Tenth[]; bytesPerFact: number } {
  const writer = openFactWriter(dir, {
    limitBytes: 2 ** 50,
    maxAgeMs: Number.MAX_SAFE_INTEGER,
    segmentFacts: 250_000,
    clock: () => clock.now,
  });
  const tenths: Tenth[] = [];
  let batch: Fact[] = [];
  let now = { facts: 0, ms: 0, cpu: 0, slowest: 0 };
  let done = 0;
  const flush = () => {
    const cpu = process.cpuUsage();
    const start = performance.now();
    writer.append(batch);
    const took = performance.now() - start;
    const used = process.cpuUsage(cpu);
    done += batch.length;
    now.facts += batch.length;
    now.ms += took;
    now.cpu += used.user + used.system;
    now.slowest = Math.max(now.slowest, took);
    batch = [];
    if (now.facts < total / 10) return;
    const tenth = {
      facts: done,
      perSecond: Math.round((now.facts / now.ms) * 1_000),
      cpuMicrosPerFact: round(now.cpu / now.facts),
      slowestBatch: round(now.slowest),
    };
    tenths.push(tenth);
    say(
      `${done.toLocaleString('en')} facts: ${tenth.perSecond} a second, ${tenth.cpuMicrosPerFact} µs of processor each`,
    );
    now = { facts: 0, ms: 0, cpu: 0, slowest: 0 };
  };
  for (const fact of sampleFacts(total, clock)) {
    batch.push(fact);
    if (batch.length === BATCH) flush();
  }
  if (batch.length > 0) flush();
  const problem = writer.problem();
  if (problem) throw problem;
  const { bytes, facts } = writer.size();
  writer.close();
  return { tenths, bytesPerFact: Math.round(bytes / facts) };
}

/** `from` and `to`: of the whole sample. */
function questions(reader: FactReader, from: number, to: number): [string, Partial<JourneyQuery>][] {
  const middle = (from + to) / 2;
  const [some] = reader.list({ limit: 1, to: middle }, ['/']).journeys;
  const facts = some ? reader.journeyFacts(some.id, 1) : [];
  const order = facts[0]?.message?.headers.find((h) => h.name === 'order')?.value;
  const hour = 3_600_000;
  return [
    ['latest', {}],
    ['status', { status: 'dead' }],
    ['ID of a message', { q: some?.ids.messageId ?? '' }],
    ['ID of nobody', { q: 'f'.repeat(32) }],
    ['exchange, common', { exchange: 'exchange.0' }],
    ['exchange, of nobody', { exchange: 'nothing' }],
    ['routing key, rare', { key: 'area3.order.key39' }],
    ['routing key by pattern, common', { key: 'area1.order.*' }],
    ['routing key by pattern, rare', { key: '#.key39' }],
    ['routing key by pattern, of nobody', { key: 'nothing.#' }],
    ['queue', { queue: 'queue.29' }],
    ['header, common', { header: ['source=service-1'] }],
    ['header, middling', { header: ['tenant=tenant-299'] }],
    ['header, one message', { header: [`order=${order}`] }],
    ['header, of nobody', { header: ['order=nothing'] }],
    ['reason', { reason: 'expired' }],
    ['reason, of nobody', { reason: 'maxlen' }],
    ['user', { client: 'publisher-19' }],
    ['connection', { client: '10.0.0.59:' }],
    ['client, of nobody', { client: 'nothing' }],
    ['two middling', { header: ['tenant=tenant-200'], key: 'area1.order.key33' }],
    ['two common that seldom meet', { exchange: 'exchange.1', key: 'area0.order.key0' }],
    ['header and status', { header: ['tenant=tenant-299'], status: 'dead' }],
    ['an hour in the past', { from: middle - hour, to: middle }],
    ['past and exchange', { to: middle, exchange: 'exchange.3' }],
    ['text, common', { text: 'Quick Brown' }],
    ['text and one message', { text: 'fox', header: [`order=${order}`] }],
    ['text, of nobody', { text: 'nothing of the kind' }],
  ];
}

function ask(reader: FactReader, name: string, query: Partial<JourneyQuery>): Question {
  let found = 0;
  let complete = true;
  const once = () => {
    const start = performance.now();
    const page = reader.list({ limit: 50, ...query }, ['/']);
    const took = performance.now() - start;
    found = page.journeys.length;
    complete = page.searchedTo === null;
    return took;
  };
  const first = round(once());
  const before = process.cpuUsage();
  const again = spread(Array.from({ length: TIMES_ASKED }, once));
  const used = process.cpuUsage(before);
  const cpu = round((used.user + used.system) / 1_000 / TIMES_ASKED);
  return { name, query, first, again, cpu, found, complete };
}

function measure(total: number): StoreResult {
  const before = machine();
  const dir = mkdtempSync(join(tmpdir(), 'hoplight-bench-store-'));
  const from = Date.UTC(2026, 0, 1);
  const clock = { now: from };
  try {
    const { tenths, bytesPerFact } = write(dir, total, clock);
    const memory = process.memoryUsage().rss;
    const reader = openFactReader(dir, { clock: () => clock.now });
    const asked = questions(reader, from, clock.now).map(([name, query]) => ask(reader, name, query));
    const facts = reader.size().facts;
    reader.close();
    const ratio = (of: (tenth: Tenth) => number) => {
      const [first, last] = [tenths[0], tenths.at(-1)];
      return first && last ? round(of(last) / of(first)) : 1;
    };
    return {
      at: new Date().toISOString(),
      machine: before,
      node: process.versions.node,
      facts,
      bytesPerFact,
      tenths,
      ratio: ratio((t) => t.perSecond),
      cpuRatio: ratio((t) => t.cpuMicrosPerFact),
      memory,
      questions: asked,
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function table(r: StoreResult): string {
  const rate = (tenth: Tenth | undefined) => `${tenth?.perSecond.toLocaleString('en')} facts/s`;
  return [
    `${r.facts.toLocaleString('en')} facts of ${r.bytesPerFact} bytes; first tenth ${rate(r.tenths[0])}, last ${rate(r.tenths.at(-1))}: ` +
      `**${r.ratio}** by the clock, processor time per fact **${r.cpuRatio}** of the first; ${Math.round(r.memory / 2 ** 20)} MB at its end. ` +
      `${r.machine.cores} cores (${r.machine.cpu}), load average before ${r.machine.loadBefore}, Node ${r.node}.`,
    '',
    '| first page by | first time | then p50 | p95 | processor | found |',
    '|---|---|---|---|---|---|',
    ...r.questions.map(
      (q) =>
        `| ${q.name} | ${q.first} ms | ${q.again.p50} ms | ${q.again.p95} ms | ${q.cpu} ms | ${q.found}${q.complete ? '' : ', goes on'} |`,
    ),
  ].join('\n');
}

function main(): void {
  const { values } = parseArgs({
    options: {
      facts: { type: 'string', default: '5000000' },
      name: { type: 'string', default: 'store' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const facts = Number(values.facts);
  if (!Number.isInteger(facts) || facts < 10_000 || facts > 20_000_000)
    throw new Refusal('--facts takes a number from 10,000 to 20,000,000.');
  if (!/^[\w.-]{1,60}$/.test(values.name))
    throw new Refusal('--name takes letters, digits, dots and dashes.');
  const result = measure(facts);
  process.stdout.write(`${table(result)}\n`);
  const folder = join(root, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = `${result.at.slice(0, 10)}-${values.name}.json`;
  writeFileSync(join(folder, file), `${JSON.stringify(result, null, 2)}\n`);
  say(`Raw figures: bench/results/${file}`);
}

try {
  main();
} catch (error) {
  say(error instanceof Refusal ? error.message : `${textOf(error)} (see --help)`);
  process.exitCode = 1;
}
