/** grafana/hoplight.json asks for what /metrics gives: a figure that is renamed must not leave an empty panel behind. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createMetrics } from '../lib/telemetry/metrics.ts';
import { goneConsumer } from './build.ts';
import { readingsSample } from './build-metrics.ts';

const targetSchema = z.object({
  expr: z.string().min(1),
  datasource: z.object({ uid: z.string().regex(/^\$\{datasource\}$/) }),
});
const panelSchema = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string().min(1),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(targetSchema).default([]),
});
const dashboard = z
  .object({
    uid: z.string(),
    schemaVersion: z.number(),
    panels: z.array(panelSchema),
    templating: z.object({
      list: z.array(z.object({ name: z.string(), type: z.string(), definition: z.string().optional() })),
    }),
  })
  .parse(JSON.parse(readFileSync(resolve(import.meta.dirname, '../grafana/hoplight.json'), 'utf8')));

/** By name: the labels of all its samples, as a scrape of a lively application gives them. */
async function given(): Promise<Map<string, Set<string>>> {
  const now = 10_000;
  const metrics = createMetrics(
    () => readingsSample,
    () => now,
  );
  metrics.countPublish('confirmed');
  metrics.countReplayed('replay', 'settled', 1);
  metrics.countDeaths([{ vhost: '/', queue: 'q', reason: 'rejected', count: 1 }]);
  metrics.lookAtLosses([goneConsumer('c', 'q', { goneAt: 11_000 })], 90_000);
  const names = new Map<string, Set<string>>();
  for (const line of (await metrics.text()).split('\n')) {
    const [, name, labels = ''] = /^([a-z_0-9]+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = names.get(name) ?? new Set();
    for (const [, label] of labels.matchAll(/(?:^|,)([a-z_]+)="/g)) if (label) known.add(label);
    names.set(name, known);
  }
  return names;
}

/** Of Prometheus itself. */
const ofTheScrape = ['instance', 'job'];

const expressions = [
  ...dashboard.panels.flatMap((panel) => panel.targets.map((target) => target.expr)),
  ...dashboard.templating.list.flatMap((variable) => variable.definition ?? []),
];

test('every figure that the dashboard asks of Hoplight is one that /metrics gives, with its labels', async () => {
  const there = await given();
  const asked = expressions.flatMap((expr) =>
    [...expr.matchAll(/\b((?:hoplight|process|nodejs)_[a-z_0-9]+)(?:\{([^}]*)\})?/g)].map(
      ([, name = '', selector = '']) => ({
        expr,
        name,
        labels: [
          ...[...selector.matchAll(/([a-z_]+)\s*(?:=~|!=|!~|=)/g)].map((m) => m[1] ?? ''),
          ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap((m) =>
            (m[1] ?? '').split(',').map((l) => l.trim()),
          ),
        ],
      }),
    ),
  );
  expect(new Set(asked.map((a) => a.name)).size).toBeGreaterThan(15);
  const wrong = asked.filter(
    ({ name, labels }) =>
      labels.some(
        (label) => !there.get(name)?.has(label) && !(there.has(name) && ofTheScrape.includes(label)),
      ) || !there.has(name),
  );
  expect(wrong).toEqual([]);
});

test('the dashboard shows all that only Hoplight knows', async () => {
  const left = [...(await given()).keys()].filter(
    (name) =>
      /^hoplight_(journeys|deaths|consumers|tap_|needs|replayed|reading|notification)/.test(name) &&
      !expressions.some((expr) => expr.includes(name)),
  );
  expect(left).toEqual([]);
});

test('panels have an ID each and do not lie over each other', () => {
  const { panels } = dashboard;
  expect(new Set(panels.map((p) => p.id)).size).toBe(panels.length);
  const over = panels.flatMap((a, i) =>
    panels.slice(i + 1).flatMap((b) => {
      const [p, q] = [a.gridPos, b.gridPos];
      const isOver = p.x < q.x + q.w && q.x < p.x + p.w && p.y < q.y + q.h && q.y < p.y + p.h;
      return isOver ? [`${a.title} / ${b.title}`] : [];
    }),
  );
  expect(over).toEqual([]);
  expect(panels.every((p) => p.gridPos.x + p.gridPos.w <= 24)).toBe(true);
});

test('its variables are those that its questions name', () => {
  const named = new Set(expressions.flatMap((expr) => [...expr.matchAll(/\$([a-z]+)\b/g)].map((m) => m[1])));
  const variables = dashboard.templating.list.map((variable) => variable.name);
  expect([...named].filter((name) => !variables.includes(name ?? ''))).toEqual([]);
  expect(variables).toEqual(['datasource', 'hoplight', 'vhost']);
});
