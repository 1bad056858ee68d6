/** Journeys of real traffic, asked for as the browser asks: what a service publishes is found by its ID and told right. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { journeyAnswerSchema, journeyListSchema, journeyTailSchema } from '../../../lib/model/api.ts';
import { problemSchema } from '../../../lib/model/errors.ts';
import type { Journey } from '../../../lib/model/journey.ts';
import { startRuntime, stopRuntime } from '../../../lib/runtime.ts';
import { until } from '../../../test/with-app.ts';
import { withBroker } from '../../../test/with-broker.ts';
import { GET as journeyDoor } from './[id]/route.ts';
import { GET as listDoor } from './route.ts';
import { GET as tailDoor } from './tail/route.ts';

const broker = await withBroker();
const guest = { user: broker.user, password: broker.password };
const reader = { user: 'journeys-reader', password: 'pw' };
const dataDir = mkdtempSync(join(tmpdir(), 'hoplight-journeys-'));
const inPath = encodeURIComponent(broker.vhost);
let connection: ChannelModel;
let channel: ConfirmChannel;

function ask(path: string, as: typeof guest): Request {
  const basic = Buffer.from(`${as.user}:${as.password}`).toString('base64');
  return new Request(`http://localhost:3000${path}`, {
    headers: { host: 'localhost:3000', authorization: `Basic ${basic}` },
  });
}
/** As Next calls the door: the segment decoded. */
async function journeyOf(id: string, as = guest): Promise<Response> {
  const request = ask(`/api/journeys/${encodeURIComponent(id.toWellFormed())}`, as);
  return journeyDoor(request, { params: Promise.resolve({ id }) });
}
async function found(id: string, enough: (journey: Journey) => boolean): Promise<Journey> {
  return until(`the journey of ${id}`, async () => {
    const response = await journeyOf(id);
    if (response.status !== 200) return null;
    const { journey } = journeyAnswerSchema.parse(await response.json());
    return enough(journey) ? journey : null;
  });
}
async function list(query: string, as = guest) {
  return journeyListSchema.parse(await (await listDoor(ask(`/api/journeys${query}`, as))).json());
}
const kinds = (journey: Journey) => journey.hops.map((h) => `${h.kind} ${h.row}`);

beforeAll(async () => {
  await broker.api('PUT', `/api/users/${reader.user}`, { password: reader.password, tags: 'management' });
  await broker.api('PUT', `/api/permissions/${inPath}/${reader.user}`, {
    configure: '',
    write: '',
    read: '^audit$',
  });
  connection = await connect(broker.amqp);
  channel = await connection.createConfirmChannel();
  await channel.assertExchange('orders', 'topic');
  await channel.assertExchange('orders.dlx', 'topic');
  await channel.assertQueue('billing', { deadLetterExchange: 'orders.dlx' });
  await channel.assertQueue('billing.dead');
  await channel.assertQueue('audit');
  await channel.bindQueue('billing', 'orders', 'order.#');
  await channel.bindQueue('audit', 'orders', 'order.paid');
  await channel.bindQueue('billing.dead', 'orders.dlx', '#');
  const rt = await startRuntime({
    AMQP_URL: broker.amqp,
    MANAGEMENT_URL: broker.management,
    HOPLIGHT_DATA: dataDir,
    HOPLIGHT_POLL_MS: '500',
  });
  // the dead-letter exchange is known from the first reading on, its tap soon after
  await until('both taps', async () =>
    rt.capture
      .status()
      .taps.some(
        (t) =>
          t.vhost === broker.vhost &&
          t.state === 'on' &&
          t.deadLetterExchanges.some((d) => d.exchange === 'orders.dlx' && d.tapped),
      ),
  );
});
afterAll(async () => {
  await connection.close();
  await stopRuntime();
  rmSync(dataDir, { recursive: true, force: true });
  await broker.api('DELETE', `/api/users/${reader.user}`);
});

describe('the doors to journeys', () => {
  // ●publish──▶▭billing──▶●deliver 1 ↺ ●deliver 2 ✕ rejected──▶▭billing.dead
  test('a message that was requeued, then rejected, told by its X-Trace-ID', async () => {
    const trace = 'Order-8841';
    let seen = 0;
    await channel.consume('billing', (message) => {
      if (!message) return;
      seen++;
      channel.nack(message, false, seen === 1);
    });
    channel.publish('orders', 'order.created', Buffer.from('{"order":8841}'), {
      headers: { 'X-Trace-ID': trace },
      messageId: 'm-8841',
      appId: 'checkout-api',
      contentType: 'application/json',
    });
    await channel.waitForConfirms();
    const journey = await found(trace, (j) => j.status === 'dead');
    expect(journey.id).toBe(`xtrace:${trace}`);
    expect(kinds(journey)).toEqual([
      'publish ex:orders',
      'queue q:billing',
      'delivery q:billing',
      'retry q:billing',
      'delivery q:billing',
      'death q:billing',
      'queue q:billing.dead',
    ]);
    const death = journey.hops.find((h) => h.kind === 'death');
    expect(death).toMatchObject({ provenance: 'observed', source: 'dead-letter-tap', reason: 'rejected' });
    const said = journey.sentence.map((p) => p.text).join('');
    expect(said).toContain('checkout-api published it to orders, which reached billing.');
    expect(said).toContain('rejected it on its second delivery');
    // by any of its IDs, and in the list
    expect((await found('m-8841', () => true)).id).toBe(journey.id);
    expect((await list(`?q=${trace}`)).journeys.map((j) => j.id)).toEqual([journey.id]);
    expect((await list('?status=dead')).journeys[0]).toMatchObject({ id: journey.id, deathQueue: 'billing' });
  });

  test('a reader sees the queue that it may read, and of the others nothing', async () => {
    channel.publish('orders', 'order.paid', Buffer.from('paid'), { correlationId: 'paid-1' });
    await channel.get('audit', { noAck: true });
    await channel.waitForConfirms();
    await found('paid-1', (j) => j.hops.some((h) => h.queue === 'billing' && h.kind === 'death'));
    const response = await journeyOf('paid-1', reader);
    const { journey } = journeyAnswerSchema.parse(await response.json());
    expect(
      journey.hops.filter((h) => h.kind === 'delivery' || h.kind === 'death').map((h) => h.queue),
    ).not.toContain('billing');
    expect((await journeyOf('Order-8841', reader)).status).toBe(404);
    const lines = (await list('', reader)).journeys;
    expect(lines.map((j) => j.id)).toEqual(['correlation:paid-1']);
    expect(lines[0]).toMatchObject({ deaths: 0, deathQueue: null });
  });

  test('the tail tells each viewer what it may see, by its filters, until it leaves', async () => {
    const leaving = new AbortController();
    const follow = async (query: string, as: typeof guest) => {
      const { url, headers } = ask(`/api/journeys/tail${query}`, as);
      const response = await tailDoor(new Request(url, { headers, signal: leaving.signal }));
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      const events = response.body?.getReader();
      return async () => {
        const { value, done } = (await events?.read()) ?? { done: true };
        if (done) return null;
        const text = new TextDecoder().decode(value);
        return journeyTailSchema.parse(JSON.parse(text.slice(text.indexOf('data: {') + 6))).journeys;
      };
    };
    const all = await follow('?queue=billing', guest);
    const his = await follow('', reader);
    expect((await all())?.map((j) => j.id)).toContain('xtrace:Order-8841');
    expect((await his())?.map((j) => j.id)).toEqual(['correlation:paid-1']);
    // goes to billing alone, then to both: the reader is told of the second
    channel.publish('orders', 'order.created', Buffer.from('x'), { correlationId: 'hidden-1' });
    channel.publish('orders', 'order.paid', Buffer.from('x'), { correlationId: 'shown-1' });
    await channel.waitForConfirms();
    const seen = new Set<string>();
    while (!seen.has('correlation:shown-1')) for (const j of (await his()) ?? []) seen.add(j.id);
    expect([...seen]).not.toContain('correlation:hidden-1');
    const known = new Set<string>();
    while (!known.has('correlation:hidden-1')) for (const j of (await all()) ?? []) known.add(j.id);
    leaving.abort();
    let last = await all();
    while (last !== null) last = await all();
    for (const query of ['?status=lost', '?cursor=1_1', '?header=', '?q=%00'])
      expect((await tailDoor(ask(`/api/journeys/tail${query}`, guest))).status, query).toBe(400);
    expect((await tailDoor(ask('/api/journeys/tail?vhost=elsewhere', guest))).status).toBe(404);
  });

  test.each([
    ['ten kilobytes', 'a'.repeat(10_240), 400],
    ['NUL', 'a\u0000b', 400],
    ['nothing', ' ', 400],
    ['a lone surrogate', '\ud800', 400],
    ['SQL', `' OR 1=1; DROP TABLE journeys; --`, 404],
    ['a prototype', '__proto__', 404],
    ['a path', '../../etc/passwd', 404],
    ['percent signs', '%00%', 404],
    ['an empty key', 'trace:', 404],
  ])('%s for an ID is answered with words', async (_, id, status) => {
    const response = await journeyOf(id);
    expect(response.status).toBe(status);
    expect(problemSchema.parse(await response.json()).detail).toContain('ID');
  });

  test('an ID that nobody has gives an empty list, an absurd question 400', async () => {
    expect((await list('?q=nobody-has-this')).journeys).toEqual([]);
    expect((await list(`?q=${encodeURIComponent(`'; --`)}`)).journeys).toEqual([]);
    for (const query of [
      '?status=lost',
      '?limit=0',
      '?q=a&q=b',
      '?odd=1',
      '?q=%00',
      `?q=${'a'.repeat(10_240)}`,
    ])
      expect((await listDoor(ask(`/api/journeys${query}`, guest))).status, query).toBe(400);
    expect((await listDoor(ask('/api/journeys?vhost=elsewhere', guest))).status).toBe(404);
  });
});
