/** Hops of a real message, given back to a receiver that refuses at first. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withBroker } from '../../test/with-broker.ts';
import { type Listening, listenTo } from '../../test/with-capture.ts';
import type { OtlpResourceSpans, OtlpSpan } from '../journey/otlp.ts';
import { endpointOf } from './endpoint.ts';
import { createGiveBack, type GiveBack } from './give-back.ts';
import { journeyReader } from './read-journey.ts';
import { createOtlp } from './receive.ts';

const broker = await withBroker();
const dir = mkdtempSync(join(tmpdir(), 'hoplight-give-back-'));
const requests: { headers: IncomingHttpHeaders; url: string; body: Buffer }[] = [];
let server: Server;
let tap: Listening;
let giveBack: GiveBack;

/** Answers 503 to the first request, then takes everything. */
async function receiver(): Promise<string> {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({ headers: request.headers, url: request.url ?? '', body: Buffer.concat(chunks) });
      if (requests.length === 1) response.writeHead(503, { 'retry-after': '0.1' }).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

beforeAll(async () => {
  const url = await receiver();
  tap = await listenTo(broker, dir, { HOPLIGHT_GIVE_BACK: 'on' });
  giveBack = createGiveBack({
    endpoint: endpointOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b',
    }),
    read: journeyReader(tap.reader, () => null, Date.now),
    clock: Date.now,
    fetch,
    wait: (ms, signal) => delay(ms, undefined, { signal, ref: false }).catch(() => {}),
    quietMs: 300,
  });
  tap.capture.onCommitted((journeys) => giveBack.touched(journeys));
  giveBack.start();
});
afterAll(async () => {
  await giveBack.stop();
  await tap.stop();
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

function spansIn(body: Buffer): OtlpSpan[] {
  const request: { resourceSpans: OtlpResourceSpans[] } = JSON.parse(gunzipSync(body).toString());
  return request.resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans));
}

test('hops that are over arrive once, below the span of the publisher, however the receiver stumbles', async () => {
  await tap.until(() => tap.status().state === 'on', 'the tap');
  const client = await connect(broker.amqp);
  const channel = await client.createConfirmChannel();
  await channel.assertQueue('billing');
  const traceId = 'a1'.repeat(16);
  channel.sendToQueue('billing', Buffer.from('{}'), {
    headers: { traceparent: `00-${traceId}-${'b2'.repeat(8)}-01` },
  });
  await channel.waitForConfirms();

  // the wait in the queue is not over: the publish goes alone
  await tap.until(() => giveBack.counts().sent === 1, 'the publish');
  expect(requests).toHaveLength(2);
  const [publish, ...others] = spansIn(requests[1]?.body ?? Buffer.alloc(0));
  expect(others).toEqual([]);
  expect(publish).toMatchObject({
    traceId,
    parentSpanId: 'b2'.repeat(8),
    name: 'send billing',
    kind: 4,
  });
  expect(requests[1]).toMatchObject({
    url: '/v1/traces',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'x-key': 'a b' },
  });

  expect(await channel.get('billing', { noAck: true })).not.toBe(false);
  await tap.until(() => giveBack.counts().sent === 2, 'the wait');
  const [wait] = spansIn(requests[2]?.body ?? Buffer.alloc(0));
  expect(wait).toMatchObject({ traceId, parentSpanId: publish?.spanId, name: 'wait billing', kind: 1 });
  expect(Number(wait?.endTimeUnixNano)).toBeGreaterThan(Number(wait?.startTimeUnixNano));
  expect(giveBack.counts()).toMatchObject({ waiting: 0, dropped: {}, journeysLeftOut: 0 });
  await client.close();
});

test('given to Hoplight itself they are let go: nothing comes of them', async () => {
  const taken: unknown[] = [];
  const otlp = createOtlp({
    limitBytes: 65_536,
    vhost: '/',
    record: (facts) => taken.push(...facts),
    waiting: () => 0,
    clock: Date.now,
  });
  const answer = await otlp.receive(requests[1]?.body ?? Buffer.alloc(0), 'json', true);
  expect([answer.rejectedSpans, taken]).toEqual([0, []]);
  expect(otlp.counts().rejected).toEqual({ 'given back by Hoplight': 1 });
});

test('a receiver that will never take them is asked once, and the loss is counted', async () => {
  server.removeAllListeners('request');
  server.on('request', (request, response) =>
    request.resume().on('end', () => response.writeHead(400).end()),
  );
  const before = giveBack.counts().sent;
  tap.capture.record([tap.ownFact({ kind: 'published', journey: 'message:m-9', exchange: 'orders' })]);
  await tap.until(() => (giveBack.counts().dropped['refused by the receiver'] ?? 0) > 0, 'the refusal');
  expect(giveBack.counts()).toMatchObject({ sent: before, waiting: 0 });
});
