import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { encodeProperties, splitProperties } from '../amqp/properties.ts';
import { factSchema } from '../model/fact.ts';
import type { Header } from '../model/message.ts';
import { parseDeadLetter, Republished } from './dead-letter-parse.ts';
import { type FirehoseContext, type Parsed, parseFirehose } from './firehose-parse.ts';

/** Wire bytes that real brokers gave, by test/record-trace.ts. */
const recorded = z.array(
  z.object({
    name: z.string(),
    exchange: z.string(),
    routingKey: z.string(),
    raw: z.string(),
    body: z.string(),
  }),
);
type Recorded = z.infer<typeof recorded>[number];

const T = 1_700_000_000_000;
const context = (change: Partial<FirehoseContext> = {}): FirehoseContext => ({
  id: 'id-1',
  at: T,
  bodyBytes: 16_384,
  isOwnConnection: () => false,
  ...change,
});

function parse(entry: Recorded, change: Partial<FirehoseContext> = {}): Parsed {
  const table =
    splitProperties(Buffer.from(entry.raw, 'base64')).get('headers')?.subarray(4) ?? Buffer.alloc(0);
  const trace = { routingKey: entry.routingKey, table, body: Buffer.from(entry.body, 'base64') };
  return parseFirehose(trace, context(change));
}

function factOf(parsed: Parsed | undefined) {
  if (!parsed || !('fact' in parsed)) throw new Error('dropped');
  return factSchema.parse(parsed.fact);
}

const sent: Header[] = [
  { name: 'traceparent', type: 'S', value: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  { name: 'X-Trace-ID', type: 'S', value: 'Shop-77' },
  { name: 'n', type: 'l', value: 5 },
  { name: 'big', type: 'l', value: '9007199254740993' },
  { name: 'd', type: 'd', value: 1 },
  { name: 'small', type: 's', value: -3 },
  { name: 'yes', type: 't', value: true },
  { name: 'when', type: 'T', value: 1_700_000_000 },
  { name: 'bytes', type: 'x', value: 'AP8=' },
  { name: 'nested', type: 'F', value: { a: 1, b: ['x', { c: null }] } },
  { name: 'nothing', type: 'V', value: null },
  { name: '__proto__', type: 'S', value: 'plain' },
  { name: 'x-error', type: 'S', value: 'no stock' },
];

for (const version of ['3.10', '4.0', '4.3']) {
  const file = new URL(`../../test/fixtures/trace-${version}.json`, import.meta.url);
  const all = recorded.parse(JSON.parse(readFileSync(file, 'utf8')));
  const traces = all.filter((e) => e.name === 'trace');
  const facts = traces.map((e) => parse(e));

  describe(`trace messages of RabbitMQ ${version}`, () => {
    test('a publish becomes a fact with every property, and every header with its wire type', () => {
      const fact = factOf(facts[0]);
      expect(fact).toMatchObject({
        id: 'id-1',
        at: T,
        precision: 'arrival',
        kind: 'published',
        source: 'firehose',
        vhost: '/',
        exchange: 'rec.topic',
        routingKeys: ['to.classic.x'],
        routedQueues: ['rec.classic'],
        channel: expect.any(Number),
        connection: expect.stringMatching(/^127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+$/),
        node: expect.stringContaining('@'),
        user: 'guest',
        journey: 'trace:0af7651916cd43dd8448eb211c80319c',
        ids: {
          traceId: '0af7651916cd43dd8448eb211c80319c',
          spanId: 'b7ad6b7169203331',
          xTraceId: 'Shop-77',
          correlationId: 'c-1',
          messageId: 'm-1',
        },
        error: 'no stock',
      });
      expect(fact.message?.properties).toEqual({
        contentType: 'application/json',
        deliveryMode: 2,
        priority: 3,
        correlationId: 'c-1',
        replyTo: 'answers',
        messageId: 'm-1',
        timestamp: 1_700_000_000,
        type: 'order',
        userId: 'guest',
        appId: 'shop',
      });
      const byName = (a: Header, b: Header) => (a.name < b.name ? -1 : 1);
      expect(fact.message?.headers.toSorted(byName)).toEqual(sent.toSorted(byName));
      expect(Buffer.from(fact.message?.body.data ?? '', 'base64').toString()).toBe('{"hello":"wörld"}');
    });

    test('a delivery names its queue and whether it was one again; the message is the same all the way', () => {
      const [published, first, again] = facts.slice(0, 3).map(factOf);
      expect(first).toMatchObject({ kind: 'delivered', queue: 'rec.classic', redelivered: false });
      expect(again).toMatchObject({ kind: 'delivered', queue: 'rec.classic', redelivered: true });
      expect(new Set([published, first, again].map((f) => f?.fingerprint)).size).toBe(1);
    });

    test('an unroutable publish has no queue; the default exchange names even a missing one', () => {
      const lost = facts.map((f) => ('fact' in f ? f.fact : null)).filter((f) => f?.kind === 'published');
      expect(lost.find((f) => f?.ids.messageId === 'lost')).toMatchObject({
        exchange: 'rec.topic',
        routedQueues: [],
      });
      expect(lost.find((f) => f?.ids.messageId === 'named')).toMatchObject({
        exchange: '',
        routedQueues: ['no such queue'],
      });
    });

    test('a delivery out of a dead-letter queue carries its deaths', () => {
      const fact = factOf(facts.at(-1));
      expect(fact).toMatchObject({ kind: 'delivered', queue: 'rec.dead' });
      expect(fact.deaths).toMatchObject([
        {
          queue: 'rec.classic',
          reason: 'rejected',
          count: 1,
          exchange: 'rec.topic',
          routingKeys: ['to.classic.x'],
        },
      ]);
    });

    test("what Hoplight's own taps and connections read is dropped, and with what they ask whether they may publish", () => {
      const [publish, delivery] = traces;
      if (!publish || !delivery) throw new Error('nothing recorded');
      expect(parse({ ...delivery, routingKey: 'deliver.hoplight.dlx.1' })).toEqual({
        dropped: 'own traffic',
      });
      const isOwnConnection = () => true;
      expect(parse(delivery, { isOwnConnection })).toEqual({ dropped: 'own traffic' });
      expect(parse(publish, { isOwnConnection })).toEqual({ dropped: 'own traffic' });
      expect(parse(publish, { isOwnConnection: () => false })).toHaveProperty('fact.kind', 'published');
    });

    test('of a body only the first bytes are kept, or none', () => {
      const [publish] = traces;
      if (!publish) throw new Error('nothing recorded');
      const body = (bodyBytes: number) => factOf(parse(publish, { bodyBytes })).message?.body;
      expect(body(2)).toEqual({ size: 18, data: Buffer.from('{"').toString('base64'), truncated: true });
      expect(body(0)).toEqual({ size: 18, data: null, truncated: true });
      expect(body(18)?.truncated).toBe(false);
      expect(factOf(parse(publish, { bodyBytes: 2 })).fingerprint).toBe(factOf(facts[0]).fingerprint);
    });

    test('dead letters are deaths with queue, reason and where they were sent', () => {
      const letters = all.filter((e) => e.name === 'dead letter');
      for (const [index, queue] of ['rec.classic', 'rec.quorum'].entries()) {
        const letter = letters[index];
        if (!letter) throw new Error('nothing recorded');
        const copy = {
          ...letter,
          raw: Buffer.from(letter.raw, 'base64'),
          body: Buffer.from(letter.body, 'base64'),
        };
        const first = parseDeadLetter(copy, '/', context(), new Republished());
        if (!('fact' in first)) throw new Error('dropped');
        expect(factSchema.parse(first.fact)).toMatchObject({
          kind: 'died',
          source: 'dead-letter-tap',
          queue,
          exchange: 'rec.dlx',
          routingKeys: ['gone'],
          journey: 'trace:0af7651916cd43dd8448eb211c80319c',
          deaths: [{ queue, reason: 'rejected', count: 1, at: expect.any(Number) }],
          fingerprint: factOf(facts[0]).fingerprint,
        });
        // the same bytes an hour after that death: somebody published an old one again
        const late = context({ at: (first.fact.deaths?.[0]?.at ?? 0) + 3_700_000 });
        expect(parseDeadLetter(copy, '/', late, new Republished())).toEqual({ dropped: 'death told before' });
        const seen = new Republished();
        seen.note(first.fact);
        expect(parseDeadLetter(copy, '/', context(), seen)).toEqual({ dropped: 'death told before' });
        expect(parseDeadLetter(copy, '/', context(), seen)).toHaveProperty('fact');
      }
    });
  });
}

describe('what nobody should send', () => {
  const bytes = () => fc.uint8Array({ maxLength: 200 }).map((a) => Buffer.from(a));

  test('never throws on any bytes, and never makes a fact without a vhost', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('publish.x', 'deliver.y', 'other'),
        bytes(),
        bytes(),
        (routingKey, table, body) => {
          const parsed = parseFirehose({ routingKey, table, body }, context());
          expect('fact' in parsed ? parsed.fact.vhost : parsed.dropped).toEqual(expect.any(String));
          parseDeadLetter({ exchange: 'x', routingKey, raw: table, body }, '/', context(), new Republished());
        },
      ),
    );
  });

  test('broken off or half-filled envelopes are malformed', () => {
    const whole = encodeProperties({}, [
      { name: 'vhost', type: 'S', value: '/' },
      { name: 'exchange_name', type: 'I', value: 7 },
      { name: 'routing_keys', type: 'A', value: ['a', 1, null] },
      { name: 'properties', type: 'S', value: 'no table' },
      { name: 'channel', type: 'S', value: 'x' },
    ]);
    const table = splitProperties(whole).get('headers')?.subarray(4) ?? Buffer.alloc(0);
    const parsed = parseFirehose({ routingKey: 'publish.', table, body: Buffer.alloc(0) }, context());
    expect(factOf(parsed)).toMatchObject({ vhost: '/', routingKeys: ['a'] });
    for (let cut = 1; cut < table.length; cut++)
      expect(() =>
        parseFirehose(
          { routingKey: 'publish.', table: table.subarray(0, cut), body: Buffer.alloc(0) },
          context(),
        ),
      ).not.toThrow();
    const none = { routingKey: 'publish.', table: Buffer.alloc(0), body: Buffer.alloc(0) };
    expect(parseFirehose(none, context())).toEqual({ dropped: 'malformed' });
  });

  test('an x-death that is no list of tables is no death', () => {
    for (const value of ['text', 7, [], ['x'], [{}], [{ queue: 'q' }], null]) {
      const raw = encodeProperties({}, [{ name: 'x-death', type: null, value }]);
      const copy = { exchange: 'dlx', routingKey: '', raw, body: Buffer.alloc(0) };
      expect(parseDeadLetter(copy, '/', context(), new Republished())).toEqual({ dropped: 'not a death' });
    }
  });
});
