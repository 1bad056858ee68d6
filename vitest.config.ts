import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const real = ['**/*.broker.test.ts', '**/*.db.test.ts'];
const exclude = [...configDefaults.exclude, '**/.next/**', 'e2e/**'];

/** Two projects: `unit` touches no I/O and runs in parallel; `integration` meets real servers. */
export default defineConfig({
  resolve: { alias: { '@': root } },
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...exclude, ...real],
          // Nothing to keep apart where nothing is touched: loading each module once a file took most of the time.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: real,
          exclude,
          globalSetup: ['test/broker-run.ts'],
          // Three workers on two cores, since they mostly wait for brokers, each with nodes of its own: the files of one share
          // their memory alarms and restarts, and go one after another. Modules are loaded once a worker: that took a third.
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
