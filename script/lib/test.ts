/** `script/test`: every check there is, one after another; the last line sums the tests of all runners. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder, Refusal, say, textOf } from './shell.ts';

const help = `Usage: script/test [--unit]

Types, lint, unit tests, integration tests on private RabbitMQ nodes, the production build, and the end-to-end tests
in Chromium on the built application. Stops everything that it started. The last line is "N passed, N failed".

  --unit   only types, lint and unit tests: no broker, no browser, no build

HOPLIGHT_TEST_VERSIONS=3.10,4.3 chooses the RabbitMQ versions, HOPLIGHT_CHROMIUM the browser.`;

/** Answers the exit code. */
async function main(unitOnly: boolean, folder: string): Promise<number> {
  // only now: they need packages, for which nobody who asks for help should wait
  const { runAll, stopStep } = await import('./test-steps.ts');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // The runners stop their own brokers and applications; their owners' watchers do so if they cannot.
      void stopStep().then(() => process.exit(130));
    });
  }
  const { passed, failed, skipped, failures } = await runAll(unitOnly, folder);
  if (failures.length > 0) process.stdout.write(`\nFailed:\n${failures.map((one) => `  ${one}\n`).join('')}`);
  process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  return failed > 0 ? 1 : 0;
}

try {
  const { values } = parseArgs({
    options: { unit: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(`${help}\n`);
  } else {
    const folder = mkdtempSync(join(tmpdir(), 'hoplight-test-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    // each of the many processes that the tests start would strip and compile the same modules anew
    process.env.NODE_COMPILE_CACHE ??= join(cacheFolder(), 'compiled');
    process.exitCode = await main(values.unit === true, folder);
  }
} catch (error) {
  const expected = error instanceof Refusal || (error instanceof TypeError && 'code' in error);
  say(expected ? textOf(error) : `script/test: ${error instanceof Error ? error.stack : String(error)}`);
  process.exitCode = 1;
}
