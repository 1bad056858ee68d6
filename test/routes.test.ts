/** Each route file is in the table of doors, and each entry has its file: a new route cannot be forgotten. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { routes } from '../app/api/_routes.ts';
import { openapi } from '../script/lib/openapi.ts';

const root = resolve(import.meta.dirname, '..');

function routeFiles(dir: string): string[] {
  return readdirSync(join(root, dir), { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return routeFiles(path);
    return entry.name === 'route.ts' ? [path] : [];
  });
}

const verbs = /export\s+(?:async\s+)?(?:function|const)\s+(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b/g;
/** Answers 404 to everything: no door, and nothing to promise. */
const NO_DOOR = 'app/api/[[...unknown]]/route.ts';
const files = routeFiles('app').filter((file) => file !== NO_DOOR);
const found = files.map((file) => ({
  file,
  text: readFileSync(join(root, file), 'utf8'),
  path: file
    .replace(/^app/, '')
    .replace(/\/route\.ts$/, '')
    .replace(/\/\([^)]+\)/g, ''),
}));

describe('the table of doors', () => {
  it('lists every route and method that there is, and no other', () => {
    const there = found.flatMap(({ path, text }) => [...text.matchAll(verbs)].map((m) => `${m[1]} ${path}`));
    expect(there.sort()).toEqual(routes.map((r) => `${r.method} ${r.path}`).sort());
  });

  it.each(found)('$file checks its caller first, in every handler', ({ text, path }) => {
    for (const part of text.split(/(?=export\s+(?:async\s+)?function\s+(?:GET|POST|DELETE))/).slice(1)) {
      const method = /function\s+(\w+)/.exec(part)?.[1];
      const door = routes.find((r) => r.path === path && r.method === method)?.door;
      const first =
        /answer\(async \(\) => \{\s*(?:const \w+ = )?(?:await )?(requireSession|requireOwnSite|requireOtlp)\(request\)/.exec(
          part,
        )?.[1];
      const checks = { session: 'requireSession', 'own-site': 'requireOwnSite', otlp: 'requireOtlp' };
      expect(first, `${method} ${path}`).toBe(door && checks[door]);
    }
  });

  it('is what docs/openapi.json says', () => {
    expect(JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(openapi())),
    );
  });
});
