/** What a browser fetches of scripts on a first visit: fresh profile, empty cache, gzip as `next start` sends it. */
import type { Browser, Request } from 'playwright';
import { openBrowser } from './browser.ts';
import { pages, sampleOf } from './pages.ts';
import type { FirstLoad, RouteScripts } from './result.ts';
import { type Stage, wait } from './stage.ts';

/** Paths of the scripts that a page's HTML names, without those for browsers that know no modules. */
export function scriptsIn(html: string): string[] {
  const tags = html.matchAll(/<(script|link)\b([^>]*)>/g);
  const found = [...tags].flatMap(([, tag, attributes = '']) => {
    if (/\bnomodule\b/i.test(attributes)) return [];
    if (tag === 'link' && !/\bas="script"/.test(attributes)) return [];
    const address = /\b(?:src|href)="([^"]+)"/.exec(attributes)?.[1];
    return address ? [address.replaceAll('&amp;', '&')] : [];
  });
  return [...new Set(found)];
}

async function visit(
  browser: Browser,
  stage: Stage,
  route: string,
  signal: AbortSignal,
): Promise<RouteScripts> {
  const address = await sampleOf(stage, route, signal);
  const context = await browser.newContext();
  try {
    // with a session, the page for signing in leads away at once
    if (route !== '/sign-in')
      await context.addCookies([{ name: 'hoplight_session', value: stage.session, url: stage.app.url }]);
    const page = await context.newPage();
    const requests: Request[] = [];
    const open = new Set<Request>();
    let last = performance.now();
    page.on('request', (request) => {
      // the live stream never ends
      if (request.resourceType() !== 'eventsource') open.add(request);
    });
    const ended = (request: Request) => {
      open.delete(request);
      last = performance.now();
    };
    page.on('requestfailed', ended);
    page.on('requestfinished', (request) => {
      if (request.resourceType() === 'script') requests.push(request);
      ended(request);
    });
    const answer = await page.goto(`${stage.app.url}${address}`, { waitUntil: 'load', timeout: 20_000 });
    if (answer?.status() !== 200) throw new Error(`answered ${answer?.status() ?? 'nothing'}`);
    const end = performance.now() + 8_000;
    while ((open.size > 0 || performance.now() - last < 1_000) && performance.now() < end)
      await wait(100, signal);

    const named = new Set(scriptsIn(await answer.text()).map((s) => new URL(s, stage.app.url).href));
    let firstLoad = 0;
    let all = 0;
    for (const request of requests) {
      const { responseBodySize } = await request.sizes();
      all += responseBodySize;
      if (named.has(request.url())) firstLoad += responseBodySize;
    }
    if (firstLoad === 0) throw new Error('its HTML names no script that was fetched');
    return { route, firstLoad, all, scripts: requests.length };
  } finally {
    await context.close();
  }
}

const wordsOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200) ?? '';

/** Throws when there is no Chromium; a page that does not open is listed with why. */
export async function firstLoad(
  stage: Stage,
  signal: AbortSignal,
): Promise<{ value: FirstLoad; chromium: string }> {
  const browser = await openBrowser();
  try {
    const value: FirstLoad = { routes: [], left: [] };
    for (const route of pages().toSorted()) {
      try {
        value.routes.push(await visit(browser, stage, route, signal));
      } catch (error) {
        signal.throwIfAborted();
        value.left.push({ route, why: wordsOf(error) });
      }
    }
    return { value, chromium: browser.version() };
  } finally {
    await browser.close();
  }
}
