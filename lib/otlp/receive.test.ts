/** What the real exporter sends becomes facts; what hostile senders send becomes a refusal and nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { isHoplightError } from '../model/errors.ts';
import { type Fact, factSchema } from '../model/fact.ts';
import { createOtlp, type Encoding } from './receive.ts';

const recording = z.object({
  recordedAt: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

function recorded(name: string) {
  const path = join(import.meta.dirname, '../../test/fixtures/otlp', `${name}.json`);
  const { recordedAt, body, headers } = recording.parse(JSON.parse(readFileSync(path, 'utf8')));
  return { at: recordedAt, headers, body: Buffer.from(body, 'base64') };
}

function receiver(at: number, limitBytes = 65_536) {
  const facts: Fact[] = [];
  const state = { waiting: 0 };
  const otlp = createOtlp({
    limitBytes,
    vhost: '/',
    record: (list) => facts.push(...list),
    waiting: () => state.waiting,
    clock: () => at,
  });
  return { otlp, facts, state };
}

/** One span in OTLP/JSON that is taken, unless `span` says otherwise. */
function request(span: object, scope = 'shop', at = 1_790_000_000_000) {
  const whole = {
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
    name: 'billing process',
    kind: 5,
    startTimeUnixNano: `${at}000000`,
    endTimeUnixNano: `${at + 5}000000`,
    ...span,
  };
  const body = { resourceSpans: [{ scopeSpans: [{ scope: { name: scope }, spans: [whole] }] }] };
  return Buffer.from(JSON.stringify(body));
}
const NOW = 1_790_000_001_000;

describe('what the OpenTelemetry exporter sends', () => {
  it.each([
    ['protobuf', false],
    ['protobuf-gzip', true],
    ['json', false],
    ['json-gzip', true],
  ] as const)('as %s becomes one fact for each journey of each span', async (name, isGzip) => {
    const { at, body } = recorded(name);
    const { otlp, facts } = receiver(at);
    const encoding: Encoding = name.startsWith('json') ? 'json' : 'protobuf';
    expect(await otlp.receive(body, encoding, isGzip)).toEqual({ rejectedSpans: 0, errorMessage: '' });
    expect(otlp.counts()).toEqual({ received: 2, accepted: 2, rejected: {} });
    for (const fact of facts) expect(factSchema.parse(fact)).toEqual(fact);

    const send = facts.find((f) => f.span?.kind === 'producer');
    const work = facts.filter((f) => f.span?.kind === 'consumer');
    expect(send).toMatchObject({
      kind: 'span',
      source: 'otlp',
      vhost: 'orders',
      journey: `trace:${send?.span?.traceId}`,
      ids: { messageId: 'm-1', correlationId: 'c-1', spanId: send?.span?.spanId },
    });
    expect(send?.span).toMatchObject({
      name: 'publish orders',
      service: 'shop',
      parentSpanId: null,
      messaging: {
        system: 'rabbitmq',
        operation: 'send',
        exchange: 'orders',
        routingKey: 'order.created',
        messageId: 'm-1',
        conversationId: 'c-1',
      },
    });
    // in the journey of its own trace, and in that of the other trace that it links to
    expect(work.map((f) => f.journey)).toEqual([send?.journey, `trace:${'ab'.repeat(16)}`]);
    expect(work[0]?.span).toMatchObject({
      parentSpanId: send?.span?.spanId,
      links: [
        { traceId: send?.span?.traceId, spanId: send?.span?.spanId },
        { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) },
      ],
      status: 'error',
      statusMessage: 'declined',
      exceptionType: 'TypeError',
      messaging: { operation: 'process', exchange: 'orders', routingKey: 'order.created', messageId: 'm-1' },
    });
    expect(Object.fromEntries(work[0]?.span?.attributes.map((a) => [a.name, a.value]) ?? [])).toMatchObject({
      retries: '3',
      share: '0.5',
      last: 'true',
      skus: '["LMP-220","CHR-118"]',
      big: '9007199254740991',
    });
    expect(work[0]?.span?.endAt).toBeGreaterThanOrEqual(work[0]?.span?.startAt ?? Infinity);
  });

  it('twice is the same facts', async () => {
    const { at, body } = recorded('protobuf');
    const { otlp, facts } = receiver(at);
    await otlp.receive(body, 'protobuf', false);
    await otlp.receive(body, 'protobuf', false);
    expect(new Set(facts.map((f) => f.id)).size).toBe(facts.length / 2);
    expect(facts[0]?.id).toMatch(/^[0-9a-z]{18}$/);
  });
});

test('spans without an ID or a time of their own are told in partial success, the others are taken', async () => {
  const { otlp, facts } = receiver(NOW);
  const bad = [
    { traceId: '0'.repeat(32) },
    { traceId: 'xyz' },
    { spanId: 'cd'.repeat(9) },
    { endTimeUnixNano: null },
    { endTimeUnixNano: '17900000010000000000' },
    { endTimeUnixNano: 'soon' },
  ];
  for (const span of bad) {
    const { rejectedSpans, errorMessage } = await otlp.receive(request(span), 'json', false);
    expect([rejectedSpans, errorMessage]).toEqual([1, expect.stringMatching(/^(bad|time)/)]);
  }
  expect(await otlp.receive(request({}), 'json', false)).toEqual({ rejectedSpans: 0, errorMessage: '' });
  expect(facts).toHaveLength(1);
  const { received, accepted, rejected } = otlp.counts();
  expect(received).toBe(accepted + Object.values(rejected).reduce((a, b) => a + b));
});

test('what Hoplight gave back is neither taken nor complained of', async () => {
  const { otlp, facts } = receiver(NOW);
  expect(await otlp.receive(request({}, 'hoplight.journey'), 'json', false)).toEqual({
    rejectedSpans: 0,
    errorMessage: '',
  });
  expect(facts).toEqual([]);
  expect(otlp.counts().rejected).toEqual({ 'given back by Hoplight': 1 });
});

test('attributes and texts beyond the bounds are cut and say so; prototype names are names', async () => {
  const { otlp, facts } = receiver(NOW, 1_048_576);
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const deep = JSON.parse(`${'{"arrayValue":{"values":['.repeat(100)}{"intValue":"1"}${']}}'.repeat(100)}`);
  const attributes = [
    attribute('__proto__', 'polluted'),
    attribute('constructor', 'x'),
    { key: 'deep', value: deep },
    { key: 'map', value: { kvlistValue: { values: [attribute('__proto__', 'y')] } } },
    ...Array.from({ length: 200 }, (_, i) => attribute(`a${i}`, 'z'.repeat(2_000))),
    attribute('messaging.message.id', 'm'.repeat(5_000)),
  ];
  const links = Array.from({ length: 100 }, (_, i) => ({
    traceId: i.toString(16).padStart(32, 'a'),
    spanId: 'cd'.repeat(8),
  }));
  await otlp.receive(request({ attributes, links, name: '💥'.repeat(900) }), 'json', false);
  const span = facts[0]?.span;
  expect(span?.cut).toBe(true);
  expect(span?.attributes.length).toBeLessThanOrEqual(48);
  expect(JSON.stringify(span).length).toBeLessThan(16_000);
  expect(span?.name.isWellFormed()).toBe(true);
  expect(span?.attributes.find((a) => a.name === '__proto__')?.value).toBe('polluted');
  expect(span?.attributes.find((a) => a.name === 'map')?.value).toBe('{"__proto__":"y"}');
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  expect(facts).toHaveLength(9);
});

describe('bodies that are not what they say', () => {
  it.each([
    ['protobuf', Buffer.from('{}'), 'bad_input'],
    ['protobuf', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]), 'bad_input'],
    ['json', Buffer.from('[]'), 'bad_input'],
    ['json', Buffer.from('{"resourceSpans":{}}'), 'bad_input'],
    ['json', Buffer.from([0x22, 0xff, 0x22]), 'bad_input'],
    ['json', Buffer.from('['.repeat(60_000)), 'bad_input'],
  ] as const)('as %s are refused', async (encoding, body, code) => {
    const { otlp, facts } = receiver(NOW);
    await expect(otlp.receive(body, encoding, false)).rejects.toMatchObject({ code });
    expect(facts).toEqual([]);
  });

  it('an empty request is a request', async () => {
    const { otlp } = receiver(NOW);
    const none = { rejectedSpans: 0, errorMessage: '' };
    expect(await otlp.receive(Buffer.alloc(0), 'protobuf', false)).toEqual(none);
    expect(await otlp.receive(Buffer.from('{}'), 'json', false)).toEqual(none);
  });

  it('of nothing but empty spans are let go before they hold everybody up', async () => {
    const { otlp } = receiver(NOW, 4 * 2 ** 20);
    const wrap = (tag: number, body: Buffer) => {
      // the length as a varint of four bytes, whatever it is
      const length = [0, 7, 14, 21].map((bits) => ((body.length >>> bits) & 0x7f) | (bits < 21 ? 0x80 : 0));
      return Buffer.concat([Buffer.from([tag, ...length]), body]);
    };
    const spans = Buffer.alloc(120_000, Buffer.from([0x12, 0]));
    const body = wrap(0x0a, wrap(0x12, spans));
    await expect(otlp.receive(body, 'protobuf', false)).rejects.toMatchObject({ code: 'too_large' });
    expect(otlp.counts()).toEqual({ received: 0, accepted: 0, rejected: {} });
  });

  it('a bomb of zeros stops at the limit, and no gzip is no gzip', async () => {
    const { otlp } = receiver(NOW);
    const bomb = gzipSync(Buffer.alloc(8 * 2 ** 20));
    expect(bomb.length).toBeLessThan(65_536);
    await expect(otlp.receive(bomb, 'protobuf', true)).rejects.toMatchObject({ code: 'too_large' });
    await expect(otlp.receive(Buffer.from('gzip'), 'json', true)).rejects.toMatchObject({
      code: 'bad_input',
    });
  });
});

test('mutated bodies never do more than be refused', async () => {
  const { at, body } = recorded('protobuf');
  const json = gunzipSync(recorded('json-gzip').body);
  const { otlp, facts } = receiver(at);
  let seed = 0x5eed;
  const random = (below: number) => {
    // xorshift: the same run each time
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) % below;
  };
  const outcomes = { taken: 0, refused: 0 };
  for (let round = 0; round < 4_000; round++) {
    const isJson = round % 2 === 1;
    const bytes = Buffer.from(isJson ? json : body);
    for (let n = 0; n <= random(4); n++) bytes[random(bytes.length)] = random(256);
    const mutated = random(5) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
    try {
      await otlp.receive(mutated, isJson ? 'json' : 'protobuf', false);
      outcomes.taken++;
    } catch (error) {
      if (!isHoplightError(error) || error.code !== 'bad_input') throw error;
      outcomes.refused++;
    }
  }
  expect(Math.min(outcomes.taken, outcomes.refused)).toBeGreaterThan(100);
  for (const fact of facts) factSchema.parse(fact);
});

test('places at the door are bounded, and shut while the store cannot follow', () => {
  const { otlp, state } = receiver(NOW);
  const leave = Array.from({ length: 16 }, () => otlp.enter());
  expect(() => otlp.enter()).toThrow(
    expect.objectContaining({
      code: 'busy',
      more: { notDone: expect.any(String), next: expect.any(String), retryAfterSeconds: 2 },
    }),
  );
  leave[0]?.();
  leave[0]?.();
  otlp.enter();
  expect(() => otlp.enter()).toThrow();
  leave[1]?.();
  state.waiting = 30_000;
  expect(() => otlp.enter()).toThrow();
});

test('what came in while there was room is refused when others have filled it since, not taken and dropped', async () => {
  const { otlp, facts, state } = receiver(NOW);
  otlp.enter();
  state.waiting = 30_000;
  await expect(otlp.receive(request({}), 'json', false)).rejects.toMatchObject({ code: 'busy' });
  expect(facts).toEqual([]);
  expect(otlp.counts().received).toBe(0);
  state.waiting = 0;
  await otlp.receive(request({}), 'json', false);
  expect(facts).toHaveLength(1);
});
