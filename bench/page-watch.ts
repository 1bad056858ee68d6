/** What a page of the application feels like from inside a real browser: first row, long tasks, frames, interactions. */
import type { Page } from 'playwright';

/** Times in ms since the navigation began; durations in ms. */
export interface Watched {
  /** When the first row with figures stood in the document; null: none yet. */
  firstRowAt: number | null;
  /** Tasks of more than 50 ms, during which the page answers to nothing. */
  longTasks: { at: number; took: number }[];
  /** By the browser's own event timing, from input to the next paint: keys, clicks. 16 ms and more; in steps of 8. */
  interactions: { type: string; took: number }[];
}

export interface Frames {
  count: number;
  /** Between two frames. */
  p50: number;
  p95: number;
  max: number;
  /** Of all frames, those that came later than one and a half of the usual 16.7 ms after the one before, 0..1. */
  lateShare: number;
  /** Long tasks while scrolling, ms each. */
  longTasks: number[];
}

type Place = typeof globalThis & { __watched?: Watched; __shown?: Promise<number> };

/** Rows of the application's tables, their heads left out. */
export const ROWS = '[role=grid] [role=row][aria-rowindex]:not([aria-rowindex="1"])';

/** Before the page is opened: from now on each document of it is watched. */
export async function watch(page: Page): Promise<void> {
  await page.addInitScript((rows) => {
    const place: Place = globalThis;
    const seen: Watched = { firstRowAt: null, longTasks: [], interactions: [] };
    place.__watched = seen;
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        seen.longTasks.push({ at: Math.round(startTime), took: Math.round(duration) });
    }).observe({ type: 'longtask', buffered: true });
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries())
        seen.interactions.push({ type: name, took: duration });
    }).observe({ type: 'event', buffered: true, durationThreshold: 16 } as PerformanceObserverInit);
    const found = new MutationObserver(() => {
      if (!document.querySelector(rows)) return;
      seen.firstRowAt = Math.round(performance.now());
      found.disconnect();
    });
    found.observe(document, { childList: true, subtree: true });
  }, ROWS);
}

export async function watched(page: Page): Promise<Watched> {
  return page.evaluate(() => {
    const { __watched }: Place = globalThis;
    if (!__watched) throw new Error('the page is not watched');
    return __watched;
  });
}

/** Resolves with when the first row with figures was there. */
export async function firstRow(page: Page, forMs = 30_000): Promise<number> {
  const handle = await page.waitForFunction(() => (globalThis as Place).__watched?.firstRowAt, null, {
    timeout: forMs,
    polling: 50,
  });
  return Number(await handle.jsonValue());
}

/** Turns the wheel for `forMs`, sixty times a second by `by` px, and counts what the browser draws meanwhile. */
export async function scroll(page: Page, forMs: number, by = 90): Promise<Frames> {
  const before = (await watched(page)).longTasks.length;
  const counting = page.evaluate(
    (ms) =>
      new Promise<number[]>((done) => {
        const gaps: number[] = [];
        const began = performance.now();
        let last = began;
        const frame = (now: number) => {
          if (now > last) gaps.push(now - last);
          last = now;
          if (now - began < ms) requestAnimationFrame(frame);
          else done(gaps);
        };
        requestAnimationFrame(frame);
      }),
    forMs,
  );
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    const next = new Promise((done) => setTimeout(done, 16));
    await page.mouse.wheel(0, by);
    await next;
  }
  const gaps = (await counting).toSorted((a, b) => a - b);
  const at = (share: number) => Math.round((gaps[Math.ceil(share * gaps.length) - 1] ?? 0) * 10) / 10;
  const { longTasks } = await watched(page);
  return {
    count: gaps.length,
    p50: at(0.5),
    p95: at(0.95),
    max: at(1),
    lateShare: Math.round((gaps.filter((gap) => gap > 25).length / Math.max(1, gaps.length)) * 1_000) / 1_000,
    longTasks: longTasks.slice(before).map(({ took }) => took),
  };
}

/**
 * Puts a bare page of as many plain rows in place of what is shown, none of our styles or code: scrolled in the same way
 * it says what this browser can do at all on this machine.
 */
export async function plainRows(page: Page, count: number): Promise<void> {
  await page.goto('about:blank');
  await page.evaluate((rows) => {
    const row = (i: number) =>
      `<div style="height:32px;border-bottom:1px solid #ddd;box-sizing:border-box">row ${i}</div>`;
    document.body.innerHTML = Array.from({ length: rows }, (_, i) => row(i)).join('');
  }, count);
}

/**
 * Does something, and waits until the text of `selector` is another and the next frame is drawn: ms from the first key or
 * click that the page saw. What a person waits for, debouncing included.
 */
export async function untilShown(page: Page, selector: string, act: () => Promise<void>): Promise<number> {
  // put in place before the key is pressed, which takes another way into the page
  await page.evaluate((which) => {
    const place: Place = globalThis;
    place.__shown = new Promise<number>((done) => {
      const was = document.querySelector(which)?.textContent;
      let from: number | null = null;
      const begin = (event: globalThis.Event) => {
        from ??= event.timeStamp;
      };
      for (const type of ['keydown', 'pointerdown'])
        addEventListener(type, begin, { capture: true, once: true });
      const changed = new MutationObserver(() => {
        if (document.querySelector(which)?.textContent === was || from === null) return;
        changed.disconnect();
        const began = from;
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
      });
      changed.observe(document.body, { childList: true, subtree: true, characterData: true });
    });
  }, selector);
  await act();
  return Math.round(await page.evaluate(() => (globalThis as Place).__shown ?? Number.NaN));
}
