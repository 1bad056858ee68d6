import { defineConfig } from 'playwright/test';
import { chromiumArgs } from '../test/chromium-args.ts';

// This file is read in each worker before its specs: they find what was started for their worker (setup.ts).
const worker = process.env.TEST_PARALLEL_INDEX;
if (worker !== undefined)
  for (const what of ['NODE', 'AMQP', 'MANAGEMENT', 'URL'])
    process.env[`E2E_${what}`] = process.env[`E2E_${what}_${worker}`];

/** Files of more than a minute. Begun last, one of them kept a worker busy for minutes while the others had none left. */
const long = ['screens', 'lesser-user', 'many-queues'].map((name) => `${name}.spec.ts`);

/** Two workers, each with a broker, an application and a browser: a third one left two cores no moment at rest and won nothing. */
export default defineConfig({
  testDir: '.',
  outputDir: 'results',
  globalSetup: './setup.ts',
  workers: 2,
  fullyParallel: false,
  // files are dealt out project by project
  projects: [
    { name: 'long', testMatch: long },
    { name: 'others', testIgnore: long },
  ],
  // Long, since a busy machine is no fault of the application: what must be quick says so where it is tested.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: 'results/report.json' }]],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      executablePath: process.env.HOPLIGHT_CHROMIUM ?? '/usr/bin/chromium',
      args: [...chromiumArgs],
    },
    // what the page held at each step, and a picture of the end; a film of each test besides would cost all of them time
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
  },
});
