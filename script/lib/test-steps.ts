/** The steps of `script/test`. Need the packages: loaded by test.ts once they are there. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { brokerVersions } from '../../test/broker-run.ts';
import { buildWhenChanged, root } from './build.ts';
import { type Child, startNodeProcess } from './child.ts';
import { getChromium } from './chromium.ts';
import { getForeignClients } from './foreign-clients.ts';
import { getServer } from './rabbitmq.ts';
import { Refusal, say } from './shell.ts';
import { type Counts, failedToo, none, playwrightCounts, sum, vitestCounts } from './test-counts.ts';

const tool = (path: string) => join(root, 'node_modules', path);
const stepLimit = 20 * 60_000;
const running = new Set<Child>();

/** Ends what runs: each runner stops its own brokers and applications. */
export const stopStep = () => Promise.all([...running].map((child) => child.stop(15_000)));

/** Runs one tool with its output shown. Answers whether it succeeded; a step that hangs is ended. */
async function step(name: string, args: string[], env: Record<string, string> = {}): Promise<boolean> {
  say(`\n== ${name}`);
  const child = startNodeProcess(args, { cwd: root, env: { ...process.env, ...env } });
  running.add(child);
  const timer = setTimeout(() => {
    say(`${name} did not end within ${stepLimit / 60_000} minutes`);
    void child.stop(10_000);
  }, stepLimit);
  const how = await child.ended;
  clearTimeout(timer);
  running.delete(child);
  return how === 'exit code 0';
}

/** A check that is no test: counts only when it fails. */
const check = async (name: string, args: string[]): Promise<Counts> =>
  (await step(name, args)) ? none : failedToo(none, name);

/** What the report says; one failure more when the runner failed and its report tells of none, or there is none. */
function counted(name: string, ok: boolean, report: string, read: (text: string) => Counts): Counts {
  const counts = existsSync(report) ? read(readFileSync(report, 'utf8')) : none;
  return !ok && counts.failed === 0
    ? failedToo(counts, `${name}: the runner failed; its report names no test`)
    : counts;
}

async function vitest(project: string, folder: string): Promise<Counts> {
  const report = join(folder, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const name = `${project} tests`;
  const ok = await step(name, [tool('vitest/vitest.mjs'), 'run', '--project', project, ...reporters]);
  return counted(name, ok, report, vitestCounts);
}

/**
 * Fetches what the later steps need and the machine lacks, while the earlier ones keep its cores busy: one thing after
 * another, since apt has locks. What cannot be had is said by the step that asks for it again.
 */
async function fetchAll(): Promise<void> {
  const versions = process.env.HOPLIGHT_TEST_VERSIONS ? brokerVersions : ['3.10', '4.0', '4.3'];
  const wanted = [getForeignClients, ...versions.map((one) => () => getServer(one)), getChromium];
  for (const get of wanted) await get().catch(() => undefined);
}

/** Answers the Refusal with which the build ended, if it did; anything else is thrown. */
async function built(): Promise<Refusal | null> {
  try {
    await buildWhenChanged();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

async function endToEnd(failure: Refusal | null): Promise<Counts> {
  try {
    if (failure) throw failure;
    const report = join(root, 'e2e/results/report.json');
    rmSync(report, { force: true });
    const args = [tool('playwright/cli.js'), 'test', '--config', 'e2e/playwright.config.ts'];
    const ok = await step('end-to-end tests', args, { HOPLIGHT_CHROMIUM: await getChromium() });
    return counted('end-to-end tests', ok, report, playwrightCounts);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return failedToo(none, `end-to-end tests\n    ${error.message}`);
  }
}

/** `folder`: where the runners' reports go. */
export async function runAll(unitOnly: boolean, folder: string): Promise<Counts> {
  const fetched = unitOnly ? null : fetchAll();
  let total = await check('types', [tool('typescript/bin/tsc'), '--noEmit']);
  total = sum(total, await check('lint', [tool('@biomejs/biome/bin/biome'), 'check', '.']));
  total = sum(total, await vitest('unit', folder));
  if (unitOnly) return total;
  const build = await built();
  await fetched;
  total = sum(total, await vitest('integration', folder));
  return sum(total, await endToEnd(build));
}
