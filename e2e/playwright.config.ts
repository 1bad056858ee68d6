import { defineConfig } from 'playwright/test';

// This file is read in each worker before its specs: they find what was started for their worker (setup.ts).
const worker = process.env.TEST_PARALLEL_INDEX;
if (worker !== undefined)
  for (const what of ['NODE', 'AMQP', 'MANAGEMENT', 'URL'])
    process.env[`E2E_${what}`] = process.env[`E2E_${what}_${worker}`];

/** Two cores: two workers, each with a broker, an application and a browser; much of a story is waiting. */
export default defineConfig({
  testDir: '.',
  outputDir: 'results',
  globalSetup: './setup.ts',
  workers: 2,
  fullyParallel: false,
  // Long, since a busy machine is no fault of the application: what must be quick says so where it is tested.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: 'results/report.json' }]],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      executablePath: process.env.HOPLIGHT_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
    trace: 'retain-on-failure',
  },
});
