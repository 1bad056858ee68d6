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
import { resident, settled } from './memory.ts';
import { help, type Options, type PartName, parseOptions } from './options.ts';
import { replayTimes } from './replay.ts';
import type { BenchResult, Memory, Part } from './result.ts';
import { type Stage, startStage } from './stage.ts';
import { table, withTable } from './table.ts';

/** Of everything but the build, which runs only when sources changed. */
const limitMs = 600_000;
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

async function measure(options: Options, stage: Stage, signal: AbortSignal): Promise<BenchResult> {
  const began = performance.now();
  let chromium: string | null = null;

  async function part<T>(name: PartName, work: () => Promise<T>): Promise<Part<T>> {
    if (!options.parts.includes(name)) return { measured: false, why: 'not asked for' };
    if (signal.aborted) return { measured: false, why: words(signal.reason) };
    say(`Measuring ${name}`);
    const start = performance.now();
    try {
      if (name !== 'memory') await stage.startDemo(signal);
      const value = await work();
      return { measured: true, tookMs: Math.round(performance.now() - start), value };
    } catch (error) {
      return { measured: false, why: words(error) };
    }
  }

  const before = machine();
  const memory = await part('memory', async () => {
    const { rss, anonymous, afterMs } = await settled(stage.app.pid, 40_000, signal);
    return memoryOf(rss, anonymous, afterMs);
  });
  const scripts = await part('first-load', async () => {
    const seen = await firstLoad(stage, signal);
    chromium = seen.chromium;
    return seen.value;
  });
  const journey = await part('journey', () => journeyTimes(stage, options.messages, signal));
  const http = await part('http', () => httpTimes(stage, signal));
  const replay = await part('replay', () => replayTimes(stage, signal));
  if (memory.measured && options.parts.length > 1) {
    memory.value.afterTraffic = resident(stage.app.pid).rss;
    await stage.stopDemo();
    memory.value.atRestAgain = await settled(stage.app.pid, 20_000, signal).then(
      (again) => again.rss,
      () => null,
    );
  }
  return {
    at: new Date().toISOString(),
    commit: commit(),
    machine: before,
    versions: { node: process.versions.node, next: nextVersion(), rabbitmq: stage.node.version, chromium },
    demoRate,
    firstLoad: scripts,
    memory,
    journey,
    http,
    replay,
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
    const stage = await startStage({ version: options.version, demoRate });
    let result: BenchResult;
    try {
      result = await measure(options, stage, stopped.signal);
    } finally {
      await stage.stop();
    }
    const text = table(result);
    process.stdout.write(`${text}\n`);
    say(`Raw figures: ${keep(result, options)} (${Math.round(result.tookMs / 1000)} s)`);
    if (options.writeReadme) {
      const readme = join(root, 'README.md');
      writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), text));
    }
    const failed = [result.memory, result.firstLoad, result.journey, result.http, result.replay].some(
      (p) => !p.measured && p.why !== 'not asked for',
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
