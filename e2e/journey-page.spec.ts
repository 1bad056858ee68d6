/**
 * The page of one journey, read as somebody on call would: what died in which branch, what its service said of it, what
 * differs between two deliveries, and how to take it along.
 *
 *   ●publish ─▶ ◇ ─┬─▶ ▭work ─▶ ●deliver 1 ⟲ ●deliver 2 ─✕ rejected ─▶ ▭dead
 *                  ├─▶ ▭copy-0 ─▶ ●          (and nine more like it)
 */
import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Channel } from 'amqplib';
import type { Page } from 'playwright/test';
import { journeyAnswerSchema } from '../lib/model/api.ts';
import { until } from '../test/with-app.ts';
import { expect, type Stage, test } from './stage.ts';

const name = `page-${process.pid}`;
const copies = Array.from({ length: 10 }, (_, i) => `${name}.copy-${i}`);
const queues = [`${name}.work`, `${name}.dead`, `${name}.slow`, ...copies];
const trace = '0af7651916cd43dd8448eb211c80319c';
const publisher = 'b7ad6b7169203331';

async function declare(channel: Channel): Promise<void> {
  await channel.assertExchange(name, 'fanout');
  await channel.assertExchange(`${name}.dlx`, 'fanout');
  for (const queue of queues)
    await channel.assertQueue(queue, {
      arguments: queue.endsWith('.work') ? { 'x-dead-letter-exchange': `${name}.dlx` } : {},
    });
  for (const queue of [`${name}.work`, ...copies]) await channel.bindQueue(queue, name, '');
  await channel.bindQueue(`${name}.dead`, `${name}.dlx`, '');
}

async function journeyOf(stage: Stage, id: string) {
  const response = await stage.api('GET', `/api/journeys/${id}`);
  return response.ok ? journeyAnswerSchema.parse(await response.json()).journey : null;
}

/** The consumer's own story as an exporter tells it: a process span that failed, with a call below it. */
function spans(at: number): unknown {
  const nano = (ms: number) => `${Math.round(ms)}000000`;
  const span = (
    spanId: string,
    parentSpanId: string,
    what: string,
    kind: number,
    from: number,
    to: number,
  ) => ({
    traceId: trace,
    spanId,
    parentSpanId,
    name: what,
    kind,
    startTimeUnixNano: nano(at + from),
    endTimeUnixNano: nano(at + to),
    status: { code: 2, message: 'timeout calling psp' },
  });
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const process = {
    ...span('00f067aa0ba902b7', publisher, 'process order', 5, 1, 21),
    attributes: [
      attribute('messaging.system', 'rabbitmq'),
      attribute('messaging.operation.type', 'process'),
      attribute('messaging.destination.name', `${name}.work`),
      attribute('messaging.message.id', 'order-8841'),
    ],
  };
  return {
    resourceSpans: [
      {
        resource: { attributes: [attribute('service.name', 'billing-worker')] },
        scopeSpans: [
          { spans: [process, span('00f067aa0ba902b8', '00f067aa0ba902b7', 'POST /charge', 3, 4, 20)] },
        ],
      },
    ],
  };
}

/** No axe violation in the part. No frames here: the old mode needs no second page. */
async function clean(page: Page, part: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .include(part)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
}

test.afterAll(async ({ stage }) => {
  for (const queue of queues) await stage.broker('DELETE', `/api/queues/%2F/${queue}`);
  for (const exchange of [name, `${name}.dlx`])
    await stage.broker('DELETE', `/api/exchanges/%2F/${exchange}`);
});

test('a fan-out with one dead branch is read, compared and taken along', async ({ page, stage, client }) => {
  test.setTimeout(120_000);
  const channel = await client.createChannel();
  await declare(channel);
  await until(
    'the dead-letter tap',
    async () => {
      const bindings = await stage.broker('GET', `/api/exchanges/%2F/${name}.dlx/bindings/source`);
      return Array.isArray(bindings) && bindings.length >= 2;
    },
    30_000,
  );
  let tries = 0;
  await channel.consume(`${name}.work`, (m) => m && channel.nack(m, false, tries++ === 0));
  for (const queue of copies) await channel.consume(queue, (m) => m && channel.ack(m));
  channel.publish(name, 'order.created', Buffer.from('{"orderId":8841,"note":"<svg onload=alert(1)>"}'), {
    contentType: 'application/json',
    messageId: 'order-8841',
    appId: 'checkout',
    headers: { traceparent: `00-${trace}-${publisher}-01`, attempt: 1 },
  });
  const dead = await until('its death', async () => {
    const journey = await journeyOf(stage, trace);
    return journey?.status === 'dead' && journey.rows.length === 13 ? journey : null;
  });
  const second = dead.hops.findLast((h) => h.kind === 'delivery' && h.queue === `${name}.work`);
  expect((await stage.api('POST', '/v1/traces', spans(second?.at ?? 0))).status).toBe(200);
  const told = await until('its spans', async () => {
    const journey = await journeyOf(stage, trace);
    return journey?.hops.find((h) => h.spans.length === 2) ?? null;
  });
  expect(told.id).toBe(second?.id);

  // What died stands alone; nine branches that tell the same are one row, which opens.
  await page.goto(`/journeys/${trace}`);
  const main = page.getByRole('main');
  const strip = page.getByRole('group', { name: /Journey strip/ });
  await expect(strip.getByRole('button', { name: /Died, rejected/ })).toBeVisible();
  await expect(main.getByRole('list', { name: 'Legend' })).toContainText('inferred');
  await main.getByRole('button', { name: 'Show 8 more queues, all delivered' }).click();
  await expect(page).toHaveURL(/rows=all/);
  await expect(main.getByRole('link', { name: `${name}.copy-7`.slice(0, 12) }).first()).toBeVisible();
  await main.getByRole('button', { name: 'Fold equal queues' }).click();

  // The service's own words stand with the delivery that they are about.
  await strip.getByRole('button', { name: /^Deliver 2 to/ }).click();
  await page.getByRole('tab', { name: /^Span/ }).click();
  const panel = page.getByRole('tabpanel');
  await expect(panel).toContainText('ERROR timeout calling psp');
  await expect(panel).toContainText('OTLP from billing-worker');
  await panel.getByText('POST /charge').click();
  await expect(panel).toContainText('00f067aa0ba902b8');
  for (const tab of [/^Properties/, /^Headers/, /^Body/, /^Span/, /^Why/]) {
    await page.getByRole('tab', { name: tab }).click();
    await clean(page, '[role=tabpanel]');
  }

  // The body is only ever text on the page, and a file of octets from its door.
  await page.getByRole('tab', { name: /^Body/ }).click();
  await expect(panel.locator('pre')).toContainText('"orderId": 8841');
  await panel.getByText('Hex', { exact: true }).click();
  await expect(panel.locator('pre')).toContainText('00000000  7b 22 6f 72');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    panel.getByRole('link', { name: 'Download' }).click(),
  ]);
  expect(readFileSync(await download.path(), 'utf8')).toBe('{"orderId":8841,"note":"<svg onload=alert(1)>"}');
  const file = await stage.api('GET', new URL(download.url()).pathname + new URL(download.url()).search);
  expect(file.headers.get('content-type')).toBe('application/octet-stream');
  expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+"$/);

  // Two deliveries beside each other: the address tells which.
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('x');
  const comparison = page.getByRole('region', { name: 'Comparison' });
  await expect(comparison).toContainText('The message is the same; only its way differs');
  await expect(comparison.getByRole('row', { name: /Redelivered/ })).toContainText(/no\s*yes/);
  await expect(page).toHaveURL(/with=delivery-/);
  await clean(page, 'main');
  await page.reload();
  await expect(comparison).toBeVisible();
  await page.keyboard.press('x');
  await expect(comparison).toBeHidden();
  await strip.getByRole('button', { name: /^Published by/ }).click({ modifiers: ['Shift'] });
  await expect(comparison).toContainText('Published by');
  await comparison.getByRole('button', { name: 'End comparison' }).click();

  // Walked by keys.
  const hop = page.getByRole('region', { name: 'Hop' });
  await page.keyboard.press('Home');
  await expect(hop).toContainText('hop 1 of');
  await page.keyboard.press('ArrowRight');
  // which one is next depends on the order of arrival: folded ones are passed by
  await expect(hop).toContainText(/hop ([2-9]|1\d) of/);
  await page.keyboard.press('End');
  await expect(hop).not.toContainText(/hop [1-9] of/);
  await page.keyboard.press('w');
  await expect(page.getByRole('tab', { name: 'Why' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys of this page' })).toBeVisible();
  await page.keyboard.press('Escape');
  await main.getByText('List', { exact: true }).click();
  await expect(main.getByRole('list', { name: /^Hops of the journey/ })).toContainText('Died, rejected');
  await clean(page, 'section[aria-label=Strip]');

  // Taken along as files.
  await page.getByRole('button', { name: 'Export' }).click();
  for (const format of ['JSON', 'OTLP']) {
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: `Download ${format}` }).click(),
    ]);
    const text = readFileSync(await saved.path(), 'utf8');
    expect(saved.suggestedFilename()).toMatch(/^journey-trace_[0-9a-f]{32}(\.otlp)?\.json$/);
    expect(text).toContain(format === 'JSON' ? '"sentence"' : '"resourceSpans"');
    await page.getByRole('button', { name: 'Export' }).click();
  }
});

test('an open journey grows by itself, and what is selected stays', async ({ page, stage, client }) => {
  const channel = await client.createChannel();
  await declare(channel);
  const id = `slow-${process.pid}`;
  channel.sendToQueue(`${name}.slow`, Buffer.from('x'), { messageId: id });
  await until('its publish', () => journeyOf(stage, id));
  await page.goto(`/journeys/${id}`);
  const strip = page.getByRole('group', { name: /Journey strip/ });
  await strip.getByRole('button', { name: /^Published/ }).click();
  const hop = page.getByRole('region', { name: 'Hop' });
  await expect(hop).toContainText('hop 1 of');
  await channel.consume(`${name}.slow`, (m) => m && channel.ack(m));
  await expect(strip.getByRole('button', { name: /^Deliver 1/ })).toBeVisible();
  await expect(hop.getByRole('heading')).toContainText('Published');
});
