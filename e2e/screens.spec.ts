/** Each screen, wide and narrow, light and dark, with living data: no axe violation, no sideways scroll. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright/test';
import { deadLetterListSchema, journeyListSchema, replayAnswerSchema } from '../lib/model/api.ts';
import { until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const root = resolve(import.meta.dirname, '..');
const shots = process.env.HOPLIGHT_SHOTS ?? join(root, 'e2e/results/screens');
let demo: ChildProcess;

const read = async (path: string): Promise<unknown> => {
  const basic = Buffer.from('guest:guest').toString('base64');
  return (
    await fetch(`${process.env.E2E_URL}${path}`, { headers: { authorization: `Basic ${basic}` } })
  ).json();
};
const at: { journey: string; deadLetters: string } = { journey: '', deadLetters: '' };

test.beforeAll(async () => {
  mkdirSync(shots, { recursive: true });
  const { E2E_AMQP, E2E_MANAGEMENT } = process.env;
  demo = spawn(
    process.execPath,
    ['demo/main.ts', '--amqp', E2E_AMQP ?? '', '--management', E2E_MANAGEMENT ?? '', '--rate', '30'],
    { cwd: root, stdio: 'ignore' },
  );
  await until(
    'a journey to die, and its dead letter to lie in a queue',
    async () => {
      const journey = journeyListSchema
        .parse(await read('/api/journeys?status=dead'))
        .journeys.find((j) => j.id.startsWith('trace:'));
      const queue = deadLetterListSchema
        .parse(await read('/api/dead-letters'))
        .queues.find(
          (q) =>
            (q.messages ?? 0) > 2 &&
            q.causes.some((c) => c.originQueue === 'billing' && c.reason === 'rejected'),
        );
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
    name: 'sign-in',
    path: () => '/sign-in?signed-out',
    ready: (page) => expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible(),
  },
  {
    name: 'not-found',
    path: () => '/nowhere',
    ready: (page) => expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible(),
  },
];

/** Light and dark, wide and narrow: opens a page of that look, and gives what went wrong in its console. */
async function dress(page: Page, width: number, colorScheme: 'light' | 'dark'): Promise<string[]> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height: 900 });
  const reports: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !/404/.test(message.text())) reports.push(message.text());
  });
  page.on('pageerror', (error) => reports.push(String(error)));
  return reports;
}

/** No axe violation, no sideways scroll; a picture is kept. */
async function inspect(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(sideways).toBe(0);
  await page.screenshot({ path: join(shots, `${name}.png`) });
  const picture = pictures[name];
  if (picture && process.env.HOPLIGHT_PICTURES) {
    mkdirSync(join(root, 'docs/screenshots'), { recursive: true });
    await page.screenshot({ path: join(root, 'docs/screenshots', picture) });
  }
}

/** The README's pictures, renewed by a run with HOPLIGHT_PICTURES=1. */
const pictures: Record<string, string> = {
  'overview.1280.dark': 'overview.png',
  'plan.1280.light': 'dead-letters.png',
  'replayed.1280.light': 'journey.png',
};

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1280, 390]) {
    const look = `${width}.${colorScheme}`;
    for (const screen of screens)
      test(`${screen.name}, ${width} px, ${colorScheme}`, async ({ page }) => {
        const reports = await dress(page, width, colorScheme);
        await page.goto(screen.path());
        await screen.ready(page);
        await inspect(page, `${screen.name}.${look}`);
        expect(reports).toEqual([]);
      });

    test(`plan, replay and the replayed journey, ${width} px, ${colorScheme}`, async ({ page }) => {
      const reports = await dress(page, width, colorScheme);
      const main = page.getByRole('main');
      await page.goto(at.deadLetters);
      await page.getByRole('button', { name: 'Read messages' }).click();
      await page
        .getByRole('checkbox', { name: /^billing rejected/ })
        .first()
        .check();
      await page.getByRole('button', { name: /^Replay [\d,]+ messages?…/ }).click();
      const plan = page.getByRole('dialog', { name: 'Replay plan' });
      await expect(plan.getByRole('heading', { name: 'What changes' })).toBeVisible();
      await inspect(page, `plan.${look}`);
      await plan.getByRole('button', { name: /^Replay [\d,]+ message/ }).click();
      await expect(page).toHaveURL(/\/replays\//);
      await expect(main.getByText('done', { exact: true }).first()).toBeVisible();
      await inspect(page, `replay.${look}`);
      const id = /\/replays\/([^?]+)/.exec(page.url())?.[1] ?? '';
      const journey = await until('a copy to have been delivered', async () => {
        const { messages } = replayAnswerSchema.parse(await read(`/api/replays/${id}`));
        return messages.find((m) => m.outcome === 'delivered' && m.journey.startsWith('trace:'))?.journey;
      });
      await page.goto(`/journeys/${encodeURIComponent(journey)}`);
      await expect(main.getByText(/replayed/i).first()).toBeVisible();
      await inspect(page, `replayed.${look}`);
      expect(reports).toEqual([]);
    });
  }
