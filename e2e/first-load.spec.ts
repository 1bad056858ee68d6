/** What a first visit of each page fetches of JavaScript, read off the build: `script/bench --parts first-load` measures it in a browser. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { aims } from '../bench/result.ts';
import { expect, test } from './stage.ts';

const root = resolve(import.meta.dirname, '..');
const routes = z.array(z.object({ route: z.string(), firstLoadChunkPaths: z.array(z.string()) }));

test('no page needs more JavaScript on a first visit than its aim', () => {
  const built = routes.parse(
    JSON.parse(readFileSync(resolve(root, '.next/diagnostics/route-bundle-stats.json'), 'utf8')),
  );
  expect(built.map(({ route }) => route)).toContain('/queues');
  const sizes = new Map<string, number>();
  const sizeOf = (file: string) => {
    const size = sizes.get(file) ?? gzipSync(readFileSync(resolve(root, file))).length;
    sizes.set(file, size);
    return size;
  };
  const tooLarge = built
    .map(({ route, firstLoadChunkPaths: files }) => ({
      route,
      kb: files.reduce((sum, file) => sum + sizeOf(file), 0) / 1024,
    }))
    .filter(({ kb }) => kb > aims.firstLoadKb);
  expect(tooLarge.map(({ route, kb }) => `${route} ${kb.toFixed(1)} KB`)).toEqual([]);
});
