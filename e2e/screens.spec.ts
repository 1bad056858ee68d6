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
      expect(page.getByRole('grid', { name: 'Journeys' }).getByRole('row').nth(1)).toBeVisible(),
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
    name: 'replays',
    path: () => '/replays',
    ready: (page) => expect(page.getByRole('heading', { name: 'Replays', level: 1 })).toBeVisible(),
  },
  {
    name: 'publish',
    path: () => '/publish',
    ready: (page) => expect(page.getByRole('heading', { name: 'Publish' })).toBeVisible(),
  },
  {
    name: 'status',
    path: () => '/status',
    ready: (page) => expect(page.getByRole('heading', { name: 'What the tap costs now' })).toBeVisible(),
  },
  {
    name: 'audit',
    path: () => '/audit',
    ready: (page) => expect(page.getByText(/^The chain is whole|^Nobody has done anything/)).toBeVisible(),
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

type Look = 'light' | 'dark';

/** What went wrong in the page's console from now on; a resource that is not there is the test's own doing. */
function reportsOf(page: Page): string[] {
  const reports: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !/404/.test(message.text())) reports.push(message.text());
  });
  page.on('pageerror', (error) => reports.push(String(error)));
  return reports;
}

const dress = (page: Page, colorScheme: Look) => page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });

/** Of all rules these alone ask for colours: what the others ask for is the same in both looks, and takes most of the time. */
const ofColours = ['color-contrast', 'link-in-text-block'];

/** No axe violation, no sideways scroll; a picture is kept. `again`: the same page was inspected in its other look. */
async function inspect(page: Page, name: string, again = false): Promise<void> {
  // legacy: in the page itself; the way around it is for frames of other origins, of which there is none, and takes twice as long
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (again
    ? axe.withRules(ofColours)
    : axe.withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
  ).analyze();
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
  'replay.1280.light': 'replay.png',
  'replayed.1280.light': 'journey.png',
};

/** Loaded in the first look, then switched to the other as the system's setting would: each is loaded once somewhere. */
const sizes: { width: number; looks: [Look, Look] }[] = [
  { width: 1280, looks: ['light', 'dark'] },
  { width: 390, looks: ['dark', 'light'] },
];

for (const { width, looks } of sizes) {
  const both = async (page: Page, name: string) => {
    for (const look of looks) {
      await dress(page, look);
      await inspect(page, `${name}.${width}.${look}`, look !== looks[0]);
    }
    await dress(page, looks[0]);
  };
  const open = async (page: Page) => {
    await dress(page, looks[0]);
    await page.setViewportSize({ width, height: 900 });
    return reportsOf(page);
  };

  // first: the lists of replays and of what was done have something to show then
  test(`plan, replay and the replayed journey, ${width} px, ${looks.join(' and ')}`, async ({ page }) => {
    const reports = await open(page);
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
    await both(page, 'plan');
    // nobody sends spans here: a canary would be waited for to its end
    const canary = plan.getByRole('switch', { name: /Send the first alone/ });
    if (await canary.isVisible()) await canary.click();
    await plan.getByRole('button', { name: /^Replay [\d,]+ message/ }).click();
    await expect(page).toHaveURL(/\/replays\//);
    await expect(main.getByText(/^(following|done)$/).first()).toBeVisible();
    await both(page, 'replay');
    const id = /\/replays\/([^?]+)/.exec(page.url())?.[1] ?? '';
    const journey = await until('a copy to have been delivered', async () => {
      const { messages } = replayAnswerSchema.parse(await read(`/api/replays/${id}`));
      return messages.find((m) => m.outcome === 'delivered' && m.journey.startsWith('trace:'))?.journey;
    });
    await page.goto(`/journeys/${encodeURIComponent(journey)}`);
    await expect(main.getByText(/replayed/i).first()).toBeVisible();
    await both(page, 'replayed');
    expect(reports).toEqual([]);
  });

  for (const screen of screens)
    test(`${screen.name}, ${width} px, ${looks.join(' and ')}`, async ({ page }) => {
      const reports = await open(page);
      await page.goto(screen.path());
      await screen.ready(page);
      await both(page, screen.name);
      expect(reports).toEqual([]);
    });
}
