/** Each screen, wide and narrow, light and dark, with living data: no axe violation, no sideways scroll. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright/test';
import { deadLetterListSchema, journeyListSchema } from '../lib/model/api.ts';
import { until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const root = resolve(import.meta.dirname, '..');
const shots = process.env.HOPLIGHT_SHOTS ?? join(root, 'e2e/results/screens');
let demo: ChildProcess;
const at: { journey: string; deadLetters: string } = { journey: '', deadLetters: '' };

test.beforeAll(async () => {
  mkdirSync(shots, { recursive: true });
  const { E2E_AMQP, E2E_MANAGEMENT, E2E_URL } = process.env;
  demo = spawn(
    process.execPath,
    ['demo/main.ts', '--amqp', E2E_AMQP ?? '', '--management', E2E_MANAGEMENT ?? '', '--rate', '30'],
    { cwd: root, stdio: 'ignore' },
  );
  const read = async (path: string) =>
    (
      await fetch(`${E2E_URL}${path}`, {
        headers: { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` },
      })
    ).json();
  await until(
    'a journey to die, and its dead letter to lie in a queue',
    async () => {
      const journey = journeyListSchema
        .parse(await read('/api/journeys?status=dead'))
        .journeys.find((j) => j.id.startsWith('trace:'));
      const queue = deadLetterListSchema
        .parse(await read('/api/dead-letters'))
        .queues.find((q) => (q.messages ?? 0) > 2 && q.causes.length > 0);
      if (!journey || !queue) return null;
      at.journey = `/journeys/${encodeURIComponent(journey.id)}`;
      at.deadLetters = `/dead-letters?queue=${encodeURIComponent(queue.queue)}`;
      return true;
    },
    120_000,
  );
});
test.afterAll(() => void demo.kill('SIGTERM'));

const screens: { name: string; path: () => string; ready: (page: Page) => Promise<unknown> }[] = [
  {
    name: 'overview',
    path: () => '/',
    ready: (page) => expect(page.getByRole('heading', { name: 'Needs a look' })).toBeVisible(),
  },
  {
    name: 'queues',
    path: () => '/queues',
    ready: (page) =>
      expect(page.getByRole('main').getByText('billing', { exact: true }).first()).toBeVisible(),
  },
  {
    name: 'queue',
    path: () => '/queues/%2F/billing',
    ready: (page) => expect(page.getByRole('heading', { name: 'billing' })).toBeVisible(),
  },
  {
    name: 'consumers',
    path: () => '/consumers',
    ready: (page) =>
      expect(page.getByRole('main').getByText('billing', { exact: true }).first()).toBeVisible(),
  },
  {
    name: 'journeys',
    path: () => '/journeys',
    ready: (page) =>
      expect(
        page
          .getByRole('main')
          .getByText(/delivered|dead|settled/)
          .first(),
      ).toBeVisible(),
  },
  {
    name: 'journey',
    path: () => at.journey,
    ready: (page) =>
      expect(
        page
          .getByRole('main')
          .getByText(/published/i)
          .first(),
      ).toBeVisible(),
  },
  {
    name: 'dead-letters',
    path: () => at.deadLetters,
    ready: (page) => expect(page.getByRole('heading', { name: /Causes/ })).toBeVisible(),
  },
  {
    name: 'publish',
    path: () => '/publish',
    ready: (page) => expect(page.getByRole('heading', { name: 'Publish' })).toBeVisible(),
  },
  {
    name: 'not-found',
    path: () => '/nowhere',
    ready: (page) => expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible(),
  },
];

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1280, 390])
    for (const screen of screens)
      test(`${screen.name}, ${width} px, ${colorScheme}`, async ({ page }) => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: 900 });
        const reports: string[] = [];
        page.on('console', (message) => {
          if (message.type() === 'error' && !/404/.test(message.text())) reports.push(message.text());
        });
        page.on('pageerror', (error) => reports.push(String(error)));
        await page.goto(screen.path());
        await screen.ready(page);
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
          .analyze();
        expect(
          violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`),
        ).toEqual([]);
        const sideways = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(sideways).toBe(0);
        expect(reports).toEqual([]);
        await page.screenshot({ path: join(shots, `${screen.name}.${width}.${colorScheme}.png`) });
      });
