/** `script/bench`: builds the stage, measures part by part, prints and keeps what it found. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildWhenChanged, root } from '../script/lib/build.ts';
import { Refusal, say } from '../script/lib/shell.ts';
import { firstLoad } from './first-load.ts';
import { httpTimes } from './http.ts';
import { journeyTimes } from './journey.ts';
import { machine } from './machine.ts';
import { type ManyStage, startManyStage } from './many-stage.ts';
import { resident, settled } from './memory.ts';
import { help, isMany, type Options, type PartName, parseOptions } from './options.ts';
import { replayTimes } from './replay.ts';
import type { BenchResult, Memory, Part } from './result.ts';
import { type Stage, startStage } from './stage.ts';
import { table, withTable } from './table.ts';

/** Of everything but the build, which runs only when sources changed. */
const limitMs = 900_000;
const demoRate = 15;

function commit(): string | null {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return null; // not a git checkout
  }
}

function nextVersion(): string {
  const file: { version: string } = JSON.parse(
    readFileSync(join(root, 'node_modules/next/package.json'), 'utf8'),
  );
  return file.version;
}

type Measured = Pick<
  BenchResult,
  'firstLoad' | 'memory' | 'journey' | 'http' | 'replay' | 'overview' | 'pages'
>;
interface Run {
  chromium: string | null;
  rabbitmq: string | null;
  part<T>(name: PartName, work: () => Promise<T>): Promise<Part<T>>;
}

function startRun(options: Options, signal: AbortSignal): Run {
  return {
    chromium: null,
    rabbitmq: null,
    async part(name, work) {
      if (!options.parts.includes(name)) return notAsked;
      if (signal.aborted) return { measured: false, why: words(signal.reason) };
      say(`Measuring ${name}`);
      const start = performance.now();
      try {
        const value = await work();
        return { measured: true, tookMs: Math.round(performance.now() - start), value };
      } catch (error) {
        return { measured: false, why: words(error) };
      }
    },
  };
}

const notAsked = { measured: false, why: 'not asked for' } as const;
const nothing: Measured = {
  firstLoad: notAsked,
  memory: notAsked,
  journey: notAsked,
  http: notAsked,
  replay: notAsked,
  overview: notAsked,
  pages: notAsked,
};

/** The parts that a few queues and a demo do for. */
async function measureFew(options: Options, run: Run, signal: AbortSignal): Promise<Partial<Measured>> {
  const stage: Stage = await startStage({ version: options.version, demoRate });
  try {
    run.rabbitmq = stage.node.version;
    const busy = <T>(name: PartName, work: () => Promise<T>) =>
      run.part(name, async () => {
        await stage.startDemo(signal);
        return work();
      });
    const memory = await run.part('memory', async () => {
      const { rss, anonymous, afterMs } = await settled(stage.app.pid, 40_000, signal);
      return memoryOf(rss, anonymous, afterMs);
    });
    const scripts = await busy('first-load', async () => {
      const seen = await firstLoad(stage, signal);
      run.chromium = seen.chromium;
      return seen.value;
    });
    const journey = await busy('journey', () => journeyTimes(stage, options.messages, signal));
    const http = await busy('http', () => httpTimes(stage, signal));
    const replay = await busy('replay', () => replayTimes(stage, signal));
    if (memory.measured && options.parts.length > 1) {
      memory.value.afterTraffic = resident(stage.app.pid).rss;
      await stage.stopDemo();
      memory.value.atRestAgain = await settled(stage.app.pid, 20_000, signal).then(
        (again) => again.rss,
        () => null,
      );
    }
    return { memory, firstLoad: scripts, journey, http, replay };
  } finally {
    await stage.stop();
  }
}

/** Those that need thousands of queues, on a node of their own. */
async function measureMany(options: Options, run: Run, signal: AbortSignal): Promise<Partial<Measured>> {
  const stage: ManyStage = await startManyStage({ version: options.version });
  try {
    run.rabbitmq = stage.node.version;
    const overview = await run.part('overview', () => stage.overview(signal));
    const pages = await run.part('pages', async () => {
      const seen = await stage.pages(signal);
      run.chromium = seen.chromium;
      return seen.value;
    });
    return { overview, pages };
  } finally {
    await stage.stop();
  }
}

async function measure(options: Options, signal: AbortSignal): Promise<BenchResult> {
  const began = performance.now();
  const run = startRun(options, signal);
  const before = machine();
  const few = options.parts.every(isMany) ? {} : await measureFew(options, run, signal);
  const many = options.parts.some(isMany) ? await measureMany(options, run, signal) : {};
  return {
    at: new Date().toISOString(),
    commit: commit(),
    machine: before,
    versions: {
      node: process.versions.node,
      next: nextVersion(),
      rabbitmq: run.rabbitmq ?? 'none',
      chromium: run.chromium,
    },
    demoRate,
    ...nothing,
    ...few,
    ...many,
    tookMs: Math.round(performance.now() - began),
  };
}

function memoryOf(atRest: number, atRestAnonymous: number | null, settledAfterMs: number): Memory {
  return { atRest, atRestAnonymous, settledAfterMs, afterTraffic: null, atRestAgain: null };
}

const words = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

function keep(result: BenchResult, options: Options): string {
  const folder = join(root, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = `${result.at.slice(0, 10)}-${options.name}.json`;
  writeFileSync(join(folder, file), `${JSON.stringify(result, null, 2)}\n`);
  return `bench/results/${file}`;
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), commit() ?? 'local');
  if (!options) {
    process.stdout.write(help);
    return;
  }
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => stopped.abort(new Error(`stopped by ${name}`)));
  await buildWhenChanged();
  const late = setTimeout(
    () => stopped.abort(new Error(`the ${limitMs / 1000} s of a run were over`)),
    limitMs,
  );
  try {
    const result = await measure(options, stopped.signal);
    const text = table(result);
    process.stdout.write(`${text}\n`);
    say(`Raw figures: ${keep(result, options)} (${Math.round(result.tookMs / 1000)} s)`);
    if (options.writeReadme) {
      const readme = join(root, 'README.md');
      writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), text));
    }
    const { memory, firstLoad, journey, http, replay, overview, pages } = result;
    const failed = [memory, firstLoad, journey, http, replay, overview, pages].some(
      (p) => !p.measured && p.why !== notAsked.why,
    );
    if (failed) process.exitCode = 1;
  } finally {
    clearTimeout(late);
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  say(error.message);
  process.exitCode = 1;
}
