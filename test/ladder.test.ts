/** Holds docs/architecture.md's ladder: imports go downward only, and neighbours on a rung do not know each other. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** A higher rung may import a lower one. */
const rungs: Record<string, number> = {
  app: 1,
  'instrumentation.ts': 1,
  'instrumentation-node.ts': 1,
  'proxy.ts': 1,
  script: 1,
  bench: 1,
  'lib/runtime.ts': 2,
  'lib/capture': 3,
  'lib/live': 3,
  'lib/notify': 3,
  'lib/otlp': 3,
  'lib/publishing': 3,
  'lib/replay': 3,
  'lib/findings': 3,
  'lib/auth': 4,
  'lib/audit': 4,
  'lib/broker': 5,
  'lib/amqp': 5,
  'lib/store': 5,
  'lib/telemetry': 5,
  'lib/journey': 6,
  'lib/config.ts': 6,
  'lib/log.ts': 6,
  'lib/model': 7,
};

/** Client components: what runs in a browser may know the words, the pure rules and the parts of the page. */
const forClients = [
  /^lib\/model\//,
  /^lib\/journey\//,
  /^app\/_live\//,
  /^app\/_ui\//,
  /^app\/\(dashboard\)\/_parts\//,
];

function files(dir: string): string[] {
  return readdirSync(join(root, dir), { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return files(path);
    return /\.(ts|tsx|mts|mjs)$/.test(entry.name) && !/\.(test|spec)\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function roomOf(path: string): string | undefined {
  return Object.keys(rungs)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function importsOf(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  const found = [
    ...text.matchAll(/(?<!['"])(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g),
    ...text.matchAll(/new URL\(\s*['"]([^'"]+)['"]/g),
  ];
  return found
    .map((m) => m[1] ?? '')
    .filter((name) => name.startsWith('.') || name.startsWith('@/'))
    .map((name) =>
      name.startsWith('@/') ? name.slice(2) : relative(root, resolve(root, dirname(path), name)),
    );
}

/** `a → b → zod` by imports that are still there at run time; undefined when there is no such way. */
function wayToZod(path: string, seen = new Set<string>()): string | undefined {
  if (seen.has(path)) return undefined;
  seen.add(path);
  const text = readFileSync(join(root, path), 'utf8');
  for (const [, name = ''] of text.matchAll(
    /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\bfrom\s*)?['"]([^'"]+)['"]/gm,
  )) {
    if (name === 'zod') return `${path} → zod`;
    if (!name.startsWith('.') && !name.startsWith('@/')) continue;
    const target = name.startsWith('@/') ? join(root, name.slice(2)) : resolve(root, dirname(path), name);
    const file = ['', '.ts', '.tsx']
      .map((end) => target + end)
      .find((at) => /\.tsx?$/.test(at) && existsSync(at));
    const way = file && wayToZod(relative(root, file), seen);
    if (way) return `${path} → ${way}`;
  }
  return undefined;
}

const sources = [
  ...['lib', 'app', 'script', 'bench'].flatMap(files),
  'instrumentation.ts',
  'instrumentation-node.ts',
  'proxy.ts',
];

/** Between neighbours of the top rung: what measures uses what starts; the API's description is made of its table. */
const crossings = [
  /^bench\/\S+ → script\/lib\//,
  /^script\/lib\/openapi\.ts → app\/api\/_routes\.ts$/,
  /^instrumentation\.ts → instrumentation-node\.ts$/, // apart only for the bundler's sake
];
const isCrossing = (way: string) => crossings.some((crossing) => crossing.test(way));

/** The folder of the page to which a part belongs; its own where it belongs to none. */
function screenOf(path: string): string {
  for (let dir = dirname(path); dir.includes('/'); dir = dirname(dir))
    if (sources.includes(`${dir}/page.tsx`)) return `${dir}/`;
  return dirname(path);
}

describe('the import ladder', () => {
  it('reads the sources it is meant to hold', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.every((path) => roomOf(path))).toBe(true);
  });

  it.each(Object.keys(rungs))('%s imports downward only', (room) => {
    const wrong = sources
      .filter((path) => roomOf(path) === room)
      .flatMap((path) =>
        importsOf(path)
          .filter((target) => {
            const other = roomOf(target);
            if (!other || other === room) return false;
            return (rungs[other] ?? 0) <= (rungs[room] ?? 0);
          })
          .map((target) => `${path} → ${target}`)
          .filter((way) => !isCrossing(way)),
      );
    expect(wrong).toEqual([]);
  });

  it('leaves the demo alone: its services know nothing of the application', () => {
    const wrong = files('demo').flatMap((path) =>
      importsOf(path)
        .filter((target) => !target.startsWith('demo/'))
        .map((target) => `${path} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('lets client components know only words, pure rules and parts', () => {
    const wrong = sources
      .filter(
        (path) =>
          path.startsWith('app/') && /^['"]use client['"]/m.test(readFileSync(join(root, path), 'utf8')),
      )
      .flatMap((path) =>
        importsOf(path)
          .filter(
            (target) =>
              !forClients.some((allowed) => allowed.test(target)) && !target.startsWith(screenOf(path)),
          )
          .map((target) => `${path} → ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it('brings no schema into the browser with a page: zod only by import()', () => {
    const wrong = sources
      .filter(
        (path) =>
          path.startsWith('app/') && /^['"]use client['"]/m.test(readFileSync(join(root, path), 'utf8')),
      )
      .flatMap((path) => wayToZod(path) ?? []);
    expect(wrong).toEqual([]);
    expect(wayToZod('app/(dashboard)/publish/check-request.ts')).toContain('zod');
  });

  it('keeps the model free of everything but zod', () => {
    const wrong = files('lib/model').flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/(?<!['"])from\s*['"]([^'"]+)['"]/g)]
        .map((m) => m[1] ?? '')
        .filter((name) => name !== 'zod' && !/^\.\/[a-z-]+\.ts$/.test(name))
        .map((name) => `${path} → ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});
