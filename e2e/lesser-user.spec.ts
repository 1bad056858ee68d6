/**
 * Who may see one vhost of two, with the tag `management` and no more: every page is usable, shows that vhost alone, says
 * what is missing and how to mend it. First beside a service account that sees all; then as the service account itself.
 */
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright/test';
import { z } from 'zod';
import { routes } from '../app/api/_routes.ts';
import {
  consumerListSchema,
  deadLetterListSchema,
  journeyListSchema,
  replayAnswerSchema,
} from '../lib/model/api.ts';
import { startApp, type TestApp, until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';
import { amqpOf, hidden, lesser, ours, rights, startTeam, type Team } from './two-teams.ts';

const basicOf = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const asLesser = { authorization: basicOf(lesser.user, lesser.password) };

/** IDs of what a team did, for the addresses of journeys and replays. */
interface Traces {
  journey: string;
  replay: string;
}

const teams: Partial<Record<string, Team>> = {};

test.beforeAll(async ({ stage }) => {
  for (const name of [ours, hidden]) teams[name] = await startTeam(stage, name);
  await stage.broker('PUT', `/api/users/${lesser.user}`, { password: lesser.password, tags: 'management' });
  await rights(stage, true);
});

test.afterAll(async ({ stage }) => {
  for (const team of Object.values(teams)) await team?.stop();
  await stage.broker('DELETE', `/api/users/${lesser.user}`);
});

/** What `app` shows to its service account of the traffic that a team now makes. */
async function act(app: TestApp, name: string): Promise<Traces> {
  const team = teams[name];
  if (!team) throw new Error(`no team ${name}`);
  const get = async <T>(schema: z.ZodType<T>, path: string) =>
    schema.parse((await app.api('GET', path)).body);
  await until(`the tap of ${name}`, async () => {
    const { taps } = await get(
      z.object({ taps: z.array(z.object({ vhost: z.string(), state: z.string() })) }),
      '/api/capture',
    );
    return taps.some((tap) => tap.vhost === name && tap.state === 'on');
  });
  await team.traffic();
  // named as well: the broker tells of a connection's properties later than of its consumer
  await team.loseConsumer(async () =>
    (await get(consumerListSchema, '/api/consumers')).consumers.some(
      (c) => c.tag === `${name}-left-tag` && c.client.name === `${name}-left`,
    ),
  );
  const queue = `${name}.dead`;
  await until('the dead letters to be seen', async () =>
    (await get(deadLetterListSchema, '/api/dead-letters')).queues.some(
      (q) => q.queue === queue && q.messages === 6,
    ),
  );
  const begun = await app.api('POST', '/api/replays', {
    vhost: name,
    queue,
    target: { kind: 'queue', queue: `${name}.left` },
    consent: ['other_target', 'no_consumer', 'order', 'reading'],
  });
  const { replay } = replayAnswerSchema.parse(begun.body);
  await until('the six to be sent', async () =>
    ['following', 'done'].includes(
      replayAnswerSchema.parse((await app.api('GET', `/api/replays/${replay.id}`)).body).replay.state,
    ),
  );
  await team.traffic();
  await app.api('POST', '/api/dead-letters/notes', {
    vhost: name,
    queue,
    cause: '["x","rejected",null]',
    text: `of ${name}`,
    mutedUntil: null,
  });
  await app.api('POST', '/api/publish', { vhost: name, queue: `${name}.left`, body: name });
  const journey = await until(
    'a journey',
    async () =>
      (await get(journeyListSchema, `/api/journeys?vhost=${name}&queue=${name}.work`)).journeys[0]?.id,
  );
  return { journey, replay: replay.id };
}

/** Each address of a GET door that needs a session, for what a team has. */
function addresses(name: string, { journey, replay }: Traces): string[] {
  const id = (path: string) => encodeURIComponent(path.startsWith('/api/replays') ? replay : journey);
  const queries: Record<string, string> = {
    '/api/journeys/[id]/body': '?hop=none',
    '/api/publish/targets': `?vhost=${name}&exchange=${name}.dlx`,
    '/api/latency': `?vhost=${name}`,
    '/api/history': `?vhost=${name}&queue=${name}.work`,
    '/api/moments': `?vhost=${name}`,
    '/api/journeys': `?vhost=${name}`,
  };
  return routes
    .filter((r) => r.method === 'GET' && r.door === 'session' && r.type !== 'text/event-stream')
    .flatMap(({ path }) => {
      const address = path
        .replace('[vhost]', name)
        .replace('[name]', `${name}.work`)
        .replace('[queue]', `${name}.dead`)
        .replace('[id]', id(path));
      const query = queries[path];
      return query === undefined
        ? [address]
        : path.includes('[')
          ? [address + query]
          : [address, address + query];
    });
}

/** What a stream says until `enough` of it was read. */
async function streamed(
  app: TestApp,
  path: string,
  headers: Record<string, string>,
  enough: (text: string) => boolean,
) {
  const over = new AbortController();
  const response = await fetch(`${app.url}${path}`, { headers, signal: over.signal });
  let text = '';
  try {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const part = await reader?.read();
      if (!part || part.done) break;
      text += part.value;
      if (enough(text)) break;
    }
  } finally {
    over.abort();
  }
  return text;
}

async function signIn(page: Page, app: TestApp): Promise<void> {
  await page.goto(`${app.url}/sign-in`);
  await page.getByLabel('User').fill(lesser.user);
  await page.getByLabel('Password').fill(lesser.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Needs a look' })).toBeVisible();
}

const shots = process.env.HOPLIGHT_SHOTS;

/** Opens a page, waits for `ready`; no axe violation, nothing of the others in it. Answers its text. */
async function visit(
  page: Page,
  app: TestApp,
  name: string,
  path: string,
  ready: string | RegExp,
  looksNew = true,
): Promise<string> {
  await page.goto(`${app.url}${path}`);
  const main = page.getByRole('main');
  await expect(main.getByText(ready).filter({ visible: true }).first(), name).toBeVisible();
  return inspect(page, name, looksNew);
}

/** `looksNew` false: it looks as where axe has looked already, here or in screens.spec.ts. */
async function inspect(page: Page, name: string, looksNew = true): Promise<string> {
  if (looksNew) {
    const { violations } = await new AxeBuilder({ page })
      .setLegacyMode(true)
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    expect(
      violations.map((v) => `${name}: ${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`),
    ).toEqual([]);
  }
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  expect(await page.content(), name).not.toContain(hidden);
  return (await page.getByRole('main').textContent()) ?? '';
}

/** The plan to send back every message of the dead-letter queue that is shown. */
async function planOfAll(page: Page) {
  await page.getByRole('button', { name: 'Read messages' }).click();
  await page.getByRole('checkbox', { name: /, 6 messages/ }).check();
  await page.getByRole('button', { name: 'Replay 6 messages…' }).click();
  const plan = page.getByRole('dialog', { name: 'Replay plan' });
  await expect(plan.getByRole('heading', { name: 'What changes' })).toBeVisible();
  return plan;
}

test.describe('beside a service account that sees all', () => {
  let app: TestApp;
  const traces: Partial<Record<string, Traces>> = {};
  test.beforeAll(async ({ stage }) => {
    app = await startApp({
      amqp: stage.amqp,
      management: stage.management,
      env: { HOPLIGHT_TAP_VHOSTS: `${ours},${hidden}`, HOPLIGHT_AUTO_SIGN_IN: 'off' },
    });
    for (const name of [ours, hidden]) traces[name] = await act(app, name);
  });
  test.afterAll(() => app.stop());

  const tracesOf = (name: string) => traces[name] ?? { journey: 'none', replay: 'none' };

  test('no door tells of the other vhost, not even that it is there', async () => {
    const all = [ours, hidden].flatMap((name) =>
      addresses(name, tracesOf(name)).map((address) => ({ name, address })),
    );
    for (const { name, address } of all) {
      const answer = await app.api('GET', address, undefined, asLesser);
      const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
      if (address.includes(name) && name === hidden && answer.status >= 400 && answer.status < 500) {
        // a refusal may repeat what was asked for, and must not differ from one of what was never there
        const nothing = await app.api('GET', address.replaceAll(hidden, 'nothing'), undefined, asLesser);
        expect(JSON.stringify(nothing.body), address).toBe(text.replaceAll(hidden, 'nothing'));
      } else expect(text.includes(hidden), `${address} ${answer.status} ${text.slice(0, 2_000)}`).toBe(false);
    }
  });

  test('no event tells of the other vhost', async () => {
    const seen = (text: string) => text.includes(`${ours}-late`) && /event: change/.test(text);
    const asGuest = { authorization: basicOf('guest', 'guest') };
    const streams = Promise.all([
      streamed(app, '/api/live', asLesser, seen),
      streamed(app, '/api/journeys/tail', asLesser, (text) => text.includes(`${ours}-late`)),
      streamed(app, '/api/live', asGuest, (text) => text.includes(`${hidden}-late`) && seen(text)),
    ]);
    for (const name of [hidden, ours]) await teams[name]?.declare(`${name}-late`);
    const [live, tail, guests] = await streams;
    expect(live).not.toContain(hidden);
    expect(tail).not.toContain(hidden);
    expect(guests).toContain(hidden);
    expect(JSON.parse(/event: live\ndata: (.*)\n/.exec(live)?.[1] ?? '')).toMatchObject({ vhosts: [ours] });
  });

  test('every page is usable and shows the one vhost', async ({ page }) => {
    test.setTimeout(240_000);
    const { journey, replay } = tracesOf(ours);
    await signIn(page, app);
    const see = (name: string, path: string, ready: string | RegExp, looksNew = false) =>
      visit(page, app, `beside-${name}`, path, ready, looksNew);
    await see('overview', '/', `${ours}.left`);
    await see('queues', '/queues', `${ours}.work`);
    await see('queue', `/queues/${ours}/${ours}.work`, `${ours}-worker`);
    const consumers = await see('consumers', '/consumers', `${ours}.work`);
    expect(consumers).toContain(`${ours}-left`);
    await see('journeys', '/journeys', `${ours}.work`);
    await see('journey', `/journeys/${encodeURIComponent(journey)}`, /published/i);
    await see('dead-letters', `/dead-letters?queue=${ours}.dead`, 'Causes');
    await planOfAll(page);
    expect(await inspect(page, 'beside-plan', false)).not.toBe('');
    await see('replays', '/replays', `${ours}.dead`);
    await see('replay', `/replays/${replay}`, /^(following|done)$/);
    await see('publish', '/publish', 'Publish');
    await see('status', '/status', 'What is read', true);
    await see('audit', '/audit', /Replay/);
  });

  test('what the user may not do is refused in words, by page and by broker', async ({ page, stage }) => {
    await rights(stage, false);
    await signIn(page, app);
    await page.goto(`${app.url}/publish?vhost=${ours}&queue=${ours}.work`);
    await page.getByLabel('Body', { exact: true }).fill('kept');
    await page.getByRole('button', { name: 'Publish 1 message' }).click();
    const refusal = page.getByRole('main').getByRole('alert');
    await expect(refusal).toContainText(/not allowed|may not|refused/);
    await expect(refusal).toContainText('The message was not published.');
    if (shots) await page.screenshot({ path: join(shots, 'forbidden-publish.png') });
    await page.goto(`${app.url}/dead-letters?queue=${ours}.dead`);
    const plan = await planOfAll(page);
    // the broker was asked before anything is sent
    await expect(plan.getByText(/^The broker does not let you write to the default exchange/)).toBeVisible();
    await expect(plan.getByRole('button', { name: /^Replay 6 messages/ })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    if (shots) await page.screenshot({ path: join(shots, 'forbidden-replay.png') });
    await page.goto(`${app.url}/status`);
    await expect(page.getByRole('button', { name: 'Forget facts…' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await rights(stage, true);
  });
});

test.describe('as the service account itself', () => {
  let app: TestApp;
  test.beforeAll(async ({ stage }) => {
    // an administrator may have switched it on: here nobody has
    await stage.broker('PUT', `/api/vhosts/${ours}`, { tracing: false });
    app = await startApp({
      amqp: amqpOf(stage, ours, lesser),
      management: stage.management,
      ...lesser,
      env: { HOPLIGHT_AUTO_SIGN_IN: 'off' },
    });
    await teams[ours]?.traffic();
    await teams[ours]?.declare(`${ours}.waits`);
    await until('the dead letters to be seen', async () => {
      const { queues } = deadLetterListSchema.parse((await app.api('GET', '/api/dead-letters')).body);
      return queues.some((q) => q.queue === `${ours}.dead` && (q.messages ?? 0) > 0);
    });
  });
  test.afterAll(() => app.stop());

  test('every page is usable and names what is missing, with the command that mends it', async ({ page }) => {
    test.setTimeout(240_000);
    await signIn(page, app);
    const see = (name: string, path: string, ready: string | RegExp, looksNew = true) =>
      visit(page, app, `self-${name}`, path, ready, looksNew);
    const overview = await see('overview', '/', 'Could not be read');
    expect(overview).toContain(`rabbitmqctl set_user_tags ${lesser.user} management monitoring`);
    await see('queues', '/queues', `${ours}.work`, false);
    await see('queue', `/queues/${ours}/${ours}.work`, 'Ways in and out');
    const consumers = await see('consumers', '/consumers', 'Consumers');
    expect(consumers).toContain('monitoring');
    await see('journeys', '/journeys', /./);
    await see('dead-letters', `/dead-letters?queue=${ours}.dead`, 'Causes', false);
    await see('replays', '/replays', 'Replays', false);
    await see('publish', '/publish', 'Publish', false);
    const status = await see('status', '/status', 'What is read');
    expect(status).toContain(`rabbitmqctl trace_on -p ${ours}`);
    await see('audit', '/audit', 'Audit', false);
  });
});
