import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));
const real = ['**/*.broker.test.ts', '**/*.db.test.ts'];
const exclude = [...configDefaults.exclude, '**/.next/**', 'e2e/**'];

/** Two projects: `unit` touches no I/O and runs in parallel; `integration` meets real servers, a file at a time. */
export default defineConfig({
  resolve: { alias: { '@': root } },
  test: {
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
          // One private node serves a whole run: files share its memory alarm, its restarts and two cores.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
