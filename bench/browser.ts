/** The browser that measures, as the end-to-end tests start theirs. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium } from 'playwright';
import { chromiumArgs } from '../test/chromium-args.ts';
import type { TestApp } from '../test/with-app.ts';

/** Throws when there is no Chromium. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.HOPLIGHT_CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) throw new Error(`no Chromium at ${executablePath} (HOPLIGHT_CHROMIUM)`);
  return chromium.launch({ executablePath, args: [...chromiumArgs] });
}

/** A fresh profile, signed in. */
export async function signedIn(browser: Browser, app: TestApp, session: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  await context.addCookies([{ name: 'hoplight_session', value: session, url: app.url }]);
  return context;
}
