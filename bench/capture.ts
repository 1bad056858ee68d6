/** `script/bench capture`: what the taps take, whether every event is accounted for, and how soon it can be found. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import amqp from 'amqplib';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { captureAnswerSchema, journeyListSchema } from '../lib/model/api.ts';
import { buildWhenChanged, root } from '../script/lib/build.ts';
import { Refusal, say } from '../script/lib/shell.ts';
import { bareQueue, type SideSays } from './capture-side.ts';
import { machine } from './machine.ts';
import { resident } from './memory.ts';
import { type Stage, startStage, wait } from './stage.ts';
import { percentile, round, type Spread, spread } from './statistics.ts';

const help = `Usage: script/bench capture [flags]

Measures capture on a private node and the application (built first when its
sources changed), on the loopback interface:

  rate      events a second out of a backlog of the tap into the committed store,
            beside a bare amqplib consumer that only counts the same events
            (same prefetch, acknowledged in batches, in the same run)
  identity  messages at full speed through one queue with the tap on:
            received = stored + dropped + in memory, and received = what the
            broker says that it gave to the taps
  found     from a publish until GET /api/journeys?q= shows it, at 2,000 other
            messages a second, and the pages' answers meanwhile beside idle ones

  --messages N   for the identity, 1,000 to 1,000,000 (default 200,000)
  --seconds N    of steady traffic, 5 to 300 (default 30)
  --version V    RabbitMQ 3.10, 4.0 or 4.3 (default: what this machine offers)
  --name NAME    of the result's file (default: capture)
  --help         this text
`;

/** Two events for each message; below the tap's own limit of 50,000, so that none of the backlog is lost. */
const backlog = 40_000;
const rounds = 3;
const steadyRate = 2_000;
const pages = ['/api/overview', '/api/queues', '/api/journeys', '/api/dead-letters'];
const limitMs = 600_000;

interface Rate {
  events: number;
  /** A round each: events a second into the store, and of the bare consumer. */
  ours: number[];
  bare: number[];
  /** Median of the rounds' ratios. */
  ratio: number;
  /** Resident bytes of the server before, and its highest while it took the backlog. */
  memoryBefore: number;
  memoryPeak: number;
}
interface Identity {
  messages: number;
  messagesPerSecond: number;
  received: number;
  stored: number;
  dropped: Record<string, number>;
  inMemory: number;
  /** Deliveries to the taps by the broker's own count. */
  brokerSent: number;
  /** Events that the broker made: two a message. The rest it dropped out of the full tap, under a gap. */
  made: number;
  holds: boolean;
}
interface Found {
  messagesPerSecond: number;
  visible: Spread;
  missed: number;
  pages: { path: string; idle: Spread; loaded: Spread }[];
}

const counts = async (stage: Stage) => (await stage.get('/api/capture', captureAnswerSchema)).counts;
const sumOf = (dropped: Record<string, number>) => Object.values(dropped).reduce((a, b) => a + b, 0);

class Side {
  readonly #child: ChildProcess;
  constructor(...args: (string | number)[]) {
    this.#child = fork(join(root, 'bench/capture-side.ts'), args.map(String));
  }
  go(): void {
    this.#child.send('go');
  }
  hears<T extends SideSays['type']>(type: T): Promise<Extract<SideSays, { type: T }>> {
    return new Promise((resolve, reject) => {
      this.#child.on('message', (message: SideSays) => {
        if (isOf(message, type)) resolve(message);
      });
      this.#child.once('exit', (code) => reject(new Error(`the other side ended with ${code}`)));
    });
  }
  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
const isOf = <T extends SideSays['type']>(m: SideSays, type: T): m is Extract<SideSays, { type: T }> =>
  m.type === type;

/**
 * The store is locked while both taps fill with the same events; then the bare consumer takes its copy, and after it,
 * with the lock gone, the application takes its own.
 */
async function measureRate(stage: Stage, signal: AbortSignal): Promise<Rate> {
  const memoryBefore = resident(stage.app.pid).rss;
  let memoryPeak = memoryBefore;
  const result = { ours: [] as number[], bare: [] as number[], ratios: [] as number[] };
  for (let i = 0; i < rounds; i++) {
    const bare = new Side('bare', stage.amqp, backlog);
    await bare.hears('ready');
    const before = await counts(stage);
    const unlock = lockStore(stage);
    try {
      const load = new Side('load', stage.amqp, backlog / 2, 0);
      await load.hears('done');
      await holds(stage, bareQueue, backlog, signal);
      const counted = bare.hears('counted');
      bare.go();
      result.bare.push((backlog * 1_000) / (await counted).tookMs);
    } finally {
      unlock();
      bare.stop();
    }
    // from the first that is stored: the application looks once a second whether the lock is gone
    let first: { at: number; taken: number } | null = null;
    for (;;) {
      const now = await counts(stage);
      const taken = now.stored + sumOf(now.dropped) - before.stored - sumOf(before.dropped);
      const at = performance.now();
      memoryPeak = Math.max(memoryPeak, resident(stage.app.pid).rss);
      if (taken > 0) first ??= { at, taken };
      if (first && taken >= backlog) {
        result.ours.push(((taken - first.taken) * 1_000) / (at - first.at));
        break;
      }
      await wait(50, signal);
    }
    result.ratios.push((result.ours.at(-1) ?? 0) / (result.bare.at(-1) ?? 1));
  }
  const whole = (list: number[]) => list.map(Math.round);
  const ratio = round(percentile(result.ratios, 0.5));
  return {
    events: backlog,
    ours: whole(result.ours),
    bare: whole(result.bare),
    ratio,
    memoryBefore,
    memoryPeak,
  };
}

/** What is written is held up until the answer is called; all else goes on. */
function lockStore(stage: Stage): () => void {
  const folder = join(stage.app.dataDir, 'facts');
  const newest = readdirSync(folder)
    .filter((name) => /^facts-\d+\.db$/.test(name))
    .sort()
    .at(-1);
  if (!newest) throw new Error('there is no fact store');
  const lock = new Database(join(folder, newest), { timeout: 20_000 });
  lock.exec('BEGIN IMMEDIATE');
  return () => {
    lock.exec('ROLLBACK');
    lock.close();
  };
}

async function holds(stage: Stage, queue: string, count: number, signal: AbortSignal): Promise<void> {
  const inPath = encodeURIComponent(queue);
  const schema = z.object({ messages_ready: z.number().default(0) });
  while ((await management(stage, `/api/queues/%2F/${inPath}`, schema)).messages_ready < count)
    await wait(250, signal);
}

async function management<S extends z.ZodType>(stage: Stage, path: string, schema: S): Promise<z.output<S>> {
  const { node } = stage;
  const authorization = `Basic ${Buffer.from(`${node.user}:${node.password}`).toString('base64')}`;
  const response = await fetch(`${node.management}${path}`, { headers: { authorization } });
  if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
  return schema.parse(await response.json());
}

const delivered = z.array(
  z.object({
    name: z.string(),
    messages: z.number().default(0),
    message_stats: z.object({ deliver: z.number().default(0) }).default({ deliver: 0 }),
  }),
);

async function measureIdentity(stage: Stage, messages: number, signal: AbortSignal): Promise<Identity> {
  const { received: before } = await counts(stage);
  const load = new Side('load', stage.amqp, messages, 0);
  const { tookMs } = await load.hears('done');
  // the management API's counts are some seconds old: they are asked until they stand still beside ours
  const end = performance.now() + 120_000;
  for (;;) {
    const queues = await management(
      stage,
      '/api/queues?columns=name,messages,message_stats.deliver',
      delivered,
    );
    const taps = queues.filter(({ name }) => /^hoplight\.(tap|dlx)\./.test(name));
    const brokerSent = taps.reduce((sum, { message_stats }) => sum + message_stats.deliver, 0);
    const { received, stored, dropped, inMemory } = await counts(stage);
    const still = inMemory === 0 && received === brokerSent && taps.every((tap) => tap.messages === 0);
    if (still || performance.now() > end)
      return {
        messages,
        messagesPerSecond: Math.round((messages * 1_000) / tookMs),
        received: received - before,
        stored,
        dropped,
        inMemory,
        brokerSent: brokerSent - before,
        made: messages * 2,
        holds: still && received === stored + sumOf(dropped) + inMemory,
      };
    await wait(500, signal);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function measureFound(stage: Stage, seconds: number, signal: AbortSignal): Promise<Found> {
  const ask = (path: string) => timed(() => stage.get(path, z.unknown(), signal));
  const idle = pages.map(() => [] as number[]);
  for (let i = -5; i < 50; i++)
    for (const [at, path] of pages.entries()) {
      const took = await ask(path);
      if (i >= 0) idle[at]?.push(took);
    }
  const load = new Side('load', stage.amqp, steadyRate * seconds, steadyRate);
  const done = load.hears('done');
  await load.hears('ready');
  const client = await amqp.connect(stage.amqp);
  const channel = await client.createChannel();
  await channel.assertQueue('bench.probe', { exclusive: true });
  const visible: number[] = [];
  const loaded = pages.map(() => [] as number[]);
  let missed = 0;
  // not in the first second, and none that would end after the traffic
  await wait(1_000, signal);
  for (const end = performance.now() + (seconds - 4) * 1_000; performance.now() < end; ) {
    const id = `probe-${randomUUID()}`;
    const began = performance.now();
    channel.sendToQueue('bench.probe', Buffer.from('{}'), { messageId: id });
    const took = await shown(stage, id, began, signal);
    if (took === null) missed++;
    else visible.push(took);
    for (const [at, path] of pages.entries()) loaded[at]?.push(await ask(path));
  }
  await client.close();
  const { tookMs, sent } = await done;
  return {
    messagesPerSecond: Math.round((sent * 1_000) / tookMs),
    visible: spread(visible),
    missed,
    pages: pages.map((path, at) => ({
      path,
      idle: spread(idle[at] ?? []),
      loaded: spread(loaded[at] ?? []),
    })),
  };
}

async function shown(stage: Stage, id: string, began: number, signal: AbortSignal): Promise<number | null> {
  while (performance.now() - began < 10_000) {
    const { journeys } = await stage.get(`/api/journeys?q=${id}`, journeyListSchema, signal);
    if (journeys.length > 0) return performance.now() - began;
    await wait(10, signal);
  }
  return null;
}

function options() {
  try {
    return parseArgs({
      options: {
        messages: { type: 'string', default: '200000' },
        seconds: { type: 'string', default: '30' },
        version: { type: 'string' },
        name: { type: 'string', default: 'capture' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : String(error)} (see --help)`);
  }
}

function whole(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Refusal(`--${name} takes a number from ${least} to ${most}.`);
}

const mb = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
const ms = ({ p50, p95, n }: Spread) => `p50 ${p50} ms, p95 ${p95} ms (${n})`;
const n = (value: number) => value.toLocaleString('en');

function told(rate: Rate, identity: Identity, found: Found): string {
  const { received, stored, dropped, inMemory, brokerSent, made } = identity;
  return [
    '| what | figure |',
    '|---|---|',
    `| Events a second into the committed store, out of a backlog of ${n(rate.events)} | ${rate.ours.map(n).join(', ')}; a bare consumer that only counts ${rate.bare.map(n).join(', ')}: **${rate.ratio}** of its rate; memory ${mb(rate.memoryBefore)}, at most ${mb(rate.memoryPeak)} |`,
    `| ${n(identity.messages)} messages at full speed (${n(identity.messagesPerSecond)} a second), ${n(made)} events | taps received ${n(received)}, the broker says it sent them ${n(brokerSent)}; all in all stored ${n(stored)}, dropped ${n(sumOf(dropped))}, in memory ${n(inMemory)}: the identity ${identity.holds ? 'holds' : '**does not hold**'} |`,
    `| From a publish to search at ${n(found.messagesPerSecond)} messages a second | ${ms(found.visible)}${found.missed > 0 ? `; ${found.missed} not within 10 s` : ''} |`,
    ...found.pages.map(
      ({ path, idle, loaded }) => `| \`GET ${path}\` meanwhile | ${ms(loaded)}; idle ${ms(idle)} |`,
    ),
  ].join('\n');
}

async function main(): Promise<void> {
  const given = options();
  if (given.help) {
    process.stdout.write(help);
    return;
  }
  const messages = whole(given.messages, 'messages', 1_000, 1_000_000);
  const seconds = whole(given.seconds, 'seconds', 5, 300);
  if (!/^[\w.-]{1,60}$/.test(given.name)) throw new Refusal('--name takes letters, digits, dots and dashes.');
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => stopped.abort(new Error(`stopped by ${name}`)));
  await buildWhenChanged();
  const late = setTimeout(() => stopped.abort(new Error(`not done within ${limitMs / 1000} s`)), limitMs);
  const before = machine();
  const stage = await startStage({ version: given.version, demoRate: 0 });
  try {
    await tapIsOn(stage, stopped.signal);
    say('Measuring the identity');
    const identity = await measureIdentity(stage, messages, stopped.signal);
    say(JSON.stringify(identity));
    say('Measuring the rate');
    const rate = await measureRate(stage, stopped.signal);
    say(JSON.stringify(rate));
    say('Measuring how soon a message is found');
    const found = await measureFound(stage, seconds, stopped.signal);
    const at = new Date().toISOString();
    const result = { at, machine: before, rabbitmq: stage.node.version, rate, identity, found };
    const folder = join(root, 'bench', 'results');
    mkdirSync(folder, { recursive: true });
    const file = `${at.slice(0, 10)}-${given.name}.json`;
    writeFileSync(join(folder, file), `${JSON.stringify(result, null, 2)}\n`);
    process.stdout.write(`${told(rate, identity, found)}\n`);
    say(`Raw figures: bench/results/${file}`);
    if (!identity.holds) process.exitCode = 1;
  } finally {
    clearTimeout(late);
    await stage.stop();
  }
}

async function tapIsOn(stage: Stage, signal: AbortSignal): Promise<void> {
  while (!(await stage.get('/api/capture', captureAnswerSchema)).taps.every((tap) => tap.state === 'on'))
    await wait(100, signal);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  say(error.message);
  process.exitCode = 1;
}
