/** How long pages take at ten thousand queues, in a real browser: until figures stand there, and until a key is answered. */
import type { Browser, BrowserContext, Page } from 'playwright';
import type { TestApp } from '../test/with-app.ts';
import { openBrowser, signedIn } from './browser.ts';
import { firstRow, plainRows, ROWS, scroll, untilShown, watch, watched } from './page-watch.ts';
import type { PageResults, PageTimes, QueuesPage } from './result.ts';
import { round, spread } from './statistics.ts';

export interface PagesStage {
  app: TestApp;
  /** Value of the session's cookie. */
  session: string;
  queues: number;
  /** Name of a queue in the vhost `/`, for the page of one. */
  queue: string;
  /** Fifth visits and more tell little more. */
  visits: number;
}

/** Those that show the broker's figures. */
const routes = ['/', '/queues', '/queues/[vhost]/[name]', '/consumers', '/dead-letters', '/status'];
/** Says how many queues are listed, as the list changes. */
const SHOWN = '.pagehead .t3';
const SORTED = '[role=columnheader][aria-sort]';

export async function pageTimes(
  stage: PagesStage,
  signal: AbortSignal,
): Promise<{ value: PageResults; chromium: string }> {
  const browser = await openBrowser();
  const close = () => void browser.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const value: PageResults = {
      queues: stage.queues,
      pages: [],
      left: [],
      list: await queuesPage(browser, stage),
    };
    for (const route of routes) {
      try {
        value.pages.push(await visits(browser, stage, route));
      } catch (error) {
        signal.throwIfAborted();
        value.left.push({ route, why: String(error).split('\n')[0]?.slice(0, 200) ?? '' });
      }
    }
    return { value, chromium: browser.version() };
  } finally {
    signal.removeEventListener('abort', close);
    await browser.close();
  }
}

async function fresh<T>(
  browser: Browser,
  stage: PagesStage,
  work: (page: Page, context: BrowserContext) => Promise<T>,
): Promise<T> {
  const context = await signedIn(browser, stage.app, stage.session);
  try {
    const page = await context.newPage();
    await watch(page);
    return await work(page, context);
  } finally {
    await context.close();
  }
}

async function visits(browser: Browser, stage: PagesStage, route: string): Promise<PageTimes> {
  const path = route
    .replace('[vhost]', encodeURIComponent('/'))
    .replace('[name]', encodeURIComponent(stage.queue));
  const live: number[] = [];
  const thread: number[] = [];
  let longest = 0;
  for (let i = 0; i < stage.visits; i++) {
    await fresh(browser, stage, async (page, context) => {
      const used = await threadTime(page, context);
      await page.goto(`${stage.app.url}${path}`, { waitUntil: 'commit' });
      live.push(await figures(page));
      thread.push(await used());
      await page.waitForTimeout(2_000);
      const { longTasks } = await watched(page);
      longest = Math.max(longest, ...longTasks.map(({ took }) => took));
    });
  }
  return { route, liveMs: spread(live), threadMs: spread(thread), longestTaskMs: longest };
}

/** Gives what asks for the ms that the page's main thread has run, waiting for a processor not counted. */
async function threadTime(page: Page, context: BrowserContext): Promise<() => Promise<number>> {
  const devtools = await context.newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return Math.round((metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000);
  };
}

/** When the page stood without a stand-in for what is read, ms since the navigation. */
async function figures(page: Page): Promise<number> {
  const handle = await page.waitForFunction(
    () => {
      const main = document.querySelector('main');
      const waits = main?.querySelector('[aria-hidden=true][class*=bone]') ?? null;
      return main?.querySelector('h1') && waits === null ? performance.now() : null;
    },
    null,
    { timeout: 30_000, polling: 'raf' },
  );
  return Math.round(Number(await handle.jsonValue()));
}

async function queuesPage(browser: Browser, stage: PagesStage): Promise<QueuesPage> {
  const first: number[] = [];
  for (let i = 1; i < stage.visits; i++)
    first.push(
      await fresh(browser, stage, async (page) => {
        await page.goto(`${stage.app.url}/queues`, { waitUntil: 'commit' });
        return firstRow(page);
      }),
    );
  const plain = await fresh(browser, stage, async (page) => {
    await plainRows(page, stage.queues);
    await page.mouse.move(640, 600);
    const { p50, p95, lateShare } = await scroll(page, 6_000);
    return { p50, p95, lateShare };
  });
  return fresh(browser, stage, async (page) => {
    await page.goto(`${stage.app.url}/queues`, { waitUntil: 'commit' });
    first.push(await firstRow(page));
    await page.waitForTimeout(2_000);
    await page.mouse.move(640, 600);
    const { p50, p95, lateShare, longTasks } = await scroll(page, 6_000);
    const rows = await page.locator(ROWS).count();
    await page.mouse.move(640, 10);
    await page.evaluate(() => scrollTo(0, 0));
    const filterMs = await filtering(page);
    const sortMs = await sorting(page);
    const { interactions } = await watched(page);
    return {
      queues: stage.queues,
      firstRowMs: spread(first),
      rows,
      scroll: { p50, p95, lateShare, longTasks },
      plain,
      filterMs: spread(filterMs),
      sortMs: spread(sortMs),
      slowestInputMs: interactions.length === 0 ? null : round(Math.max(...interactions.map((i) => i.took))),
    };
  });
}

/** A name is typed and taken away again. */
async function filtering(page: Page): Promise<number[]> {
  await page.keyboard.press('/');
  const times: number[] = [];
  for (const key of ['4', '2', '7', 'Backspace', 'Backspace', 'Backspace'])
    times.push(await untilShown(page, SHOWN, () => page.keyboard.press(key)));
  return times;
}

async function sorting(page: Page): Promise<number[]> {
  const times: number[] = [];
  for (const head of ['Queue', 'Ready', 'In /s', 'Cons.', 'Total'])
    times.push(
      await untilShown(page, SORTED, () =>
        page.locator('[role=columnheader] button', { hasText: head }).first().click(),
      ),
    );
  return times;
}
