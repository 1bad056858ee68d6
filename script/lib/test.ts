/** `script/test`: every check there is, one after another; the last line sums the tests of all runners. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWhenChanged, root } from './build.ts';
import { type Child, startNodeProcess } from './child.ts';
import { getChromium } from './chromium.ts';
import { Refusal, say, textOf } from './shell.ts';
import { type Counts, none, playwrightCounts, sum, vitestCounts } from './test-counts.ts';

const help = `Usage: script/test [--unit]

Types, lint, unit tests, integration tests on private RabbitMQ nodes, the production build, and the end-to-end tests
in Chromium on the built application. Stops everything that it started. The last line is "N passed, N failed".

  --unit   only types, lint and unit tests: no broker, no browser, no build

HOPLIGHT_TEST_VERSIONS=3.10,4.3 chooses the RabbitMQ versions, HOPLIGHT_CHROMIUM the browser.`;

const tool = (path: string) => join(root, 'node_modules', path);
const stepLimit = 20 * 60_000;
let current: Child | undefined;

/** Runs one tool with its output shown. Answers whether it succeeded; a step that hangs is ended. */
async function step(name: string, args: string[], env: Record<string, string> = {}): Promise<boolean> {
  say(`\n== ${name}`);
  const child = startNodeProcess(args, { cwd: root, env: { ...process.env, ...env } });
  current = child;
  const timer = setTimeout(() => {
    say(`${name} did not end within ${stepLimit / 60_000} minutes`);
    void child.stop(10_000);
  }, stepLimit);
  const how = await child.ended;
  clearTimeout(timer);
  current = undefined;
  return how === 'exit code 0';
}

/** A check that is no test: counts only when it fails. */
const check = async (name: string, args: string[]): Promise<Counts> =>
  (await step(name, args)) ? none : { ...none, failed: 1 };

/** What the report says; one failure more when the runner failed and its report tells of none, or there is none. */
function counted(ok: boolean, report: string, read: (text: string) => Counts): Counts {
  const counts = existsSync(report) ? read(readFileSync(report, 'utf8')) : none;
  return !ok && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function vitest(project: string, folder: string): Promise<Counts> {
  const report = join(folder, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const ok = await step(`${project} tests`, [
    tool('vitest/vitest.mjs'),
    'run',
    '--project',
    project,
    ...reporters,
  ]);
  return counted(ok, report, vitestCounts);
}

async function endToEnd(): Promise<Counts> {
  try {
    say('\n== build');
    await buildWhenChanged();
    const report = join(root, 'e2e/results/report.json');
    rmSync(report, { force: true });
    const args = [tool('playwright/cli.js'), 'test', '--config', 'e2e/playwright.config.ts'];
    const ok = await step('end-to-end tests', args, { HOPLIGHT_CHROMIUM: await getChromium() });
    return counted(ok, report, playwrightCounts);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(error.message);
    return { ...none, failed: 1 };
  }
}

async function main(unitOnly: boolean, folder: string): Promise<Counts> {
  let total = await check('types', [tool('typescript/bin/tsc'), '--noEmit']);
  total = sum(total, await check('lint', [tool('@biomejs/biome/bin/biome'), 'check', '.']));
  total = sum(total, await vitest('unit', folder));
  if (unitOnly) return total;
  total = sum(total, await vitest('integration', folder));
  return sum(total, await endToEnd());
}

const folder = mkdtempSync(join(tmpdir(), 'hoplight-test-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The runners stop their own brokers and applications; their owners' watchers do so if they cannot.
    void (current?.stop(15_000) ?? Promise.resolve()).then(() => process.exit(130));
  });
}

try {
  const { values } = parseArgs({
    options: { unit: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(`${help}\n`);
  } else {
    const { passed, failed, skipped } = await main(values.unit === true, folder);
    process.stdout.write(
      `\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
    );
    process.exitCode = failed > 0 ? 1 : 0;
  }
} catch (error) {
  const expected = error instanceof Refusal || (error instanceof TypeError && 'code' in error);
  say(expected ? textOf(error) : `script/test: ${error instanceof Error ? error.stack : String(error)}`);
  process.exitCode = 1;
}
