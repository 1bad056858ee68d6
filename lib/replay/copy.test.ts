import { describe, expect, it } from 'vitest';
import { decodeProperties, encodeProperties } from '../amqp/properties.ts';
import { readDeaths } from '../journey/deaths.ts';
import type { Header } from '../model/message.ts';
import { type Plan, type ReplayRequest, replayRequestSchema } from '../model/replay.ts';
import { copyOf, destinationOf, LARGEST_BODY } from './copy.ts';
import { entryOf } from './entry.ts';
import { copyExpiration, originalExpiration } from './expiration.ts';
import type { Letter } from './letter.ts';
import { originOf } from './origin.ts';
import { Returns } from './returns.ts';

const died = (...queues: string[]): Header => ({
  name: 'x-death',
  type: 'A',
  value: queues.map((queue) => ({ queue, reason: 'rejected', count: 1, 'routing-keys': [`key.${queue}`] })),
});
const text = (name: string, value: string): Header => ({ name, type: 'S', value });

function letter(headers: Header[], more: Partial<Letter> = {}): Letter {
  const raw = encodeProperties(more.properties ?? {}, headers);
  const deaths = readDeaths(headers);
  return {
    originQueue: deaths[0]?.queue ?? null,
    reason: deaths[0]?.reason ?? null,
    error: null,
    diedAt: null,
    key: 'k',
    offset: null,
    journey: 'fingerprint:f',
    ids: {},
    fingerprint: 'f',
    exchange: '',
    routingKey: 'dead',
    deaths,
    cause: 'c',
    deliveryCount: null,
    replays: 0,
    headers,
    raw,
    body: Buffer.from('b'),
    ...more,
    properties: decodeProperties(raw).properties,
  };
}

const requestOf = (more: Partial<ReplayRequest> = {}) =>
  replayRequestSchema.parse({ vhost: '/', queue: 'dead', ...more });
const jobOf = (request: ReplayRequest, ...targets: string[]) => {
  const plan: Plan = {
    vhost: '/',
    queue: 'dead',
    queueType: 'classic',
    brokerVersion: '4.3.6',
    selected: 1,
    inQueue: 1,
    exact: true,
    fingerprint: null,
    origins: [],
    stays: [],
    targets: targets.map((routingKey) => ({
      exchange: '',
      routingKey,
      messages: 1,
      reaches: [],
      mayWrite: 'yes',
    })),
    changes: [],
    warnings: [],
    reading: { level: 'none', words: '', limit: null },
    keepsOrder: false,
    plannedAt: 0,
  };
  return { request, plan };
};
const row = { replayId: 'j.1', attempt: 1 };
const whyNot = (copy: ReturnType<typeof copyOf>) => ('cannot' in copy ? copy.cannot : null);

describe('a copy', () => {
  it('goes only where the plan said', () => {
    const one = letter([died('work')]);
    expect(whyNot(copyOf(one, row, jobOf(requestOf(), 'work'), 'anna'))).toBeNull();
    expect(whyNot(copyOf(one, row, jobOf(requestOf(), 'other'), 'anna'))).toMatch(/does not name/);
  });

  it('says the same in the plan and in the run: what the plan counts as staying is not sent', () => {
    const request = requestOf({ maxReplays: 2, expiration: 'original' });
    const bad = {
      ...died('work'),
      value: [{ queue: 'work', reason: 'expired', 'original-expiration': 'soon' }],
    };
    const letters = [
      letter([died('work')], { replays: 1 }),
      letter([died('work')], { replays: 2 }),
      letter([]),
      letter([bad]),
    ];
    const planned = letters.map((l) => 'cannot' in entryOf(l, 'id', request, 'anna').address);
    const sent = letters.map((l) => whyNot(copyOf(l, row, jobOf(request, 'work'), 'anna')) !== null);
    expect(planned).toEqual([false, true, true, true]);
    expect(sent).toEqual(planned);
  });

  it('of a deletion is the message itself, wherever it came from', () => {
    const none = letter([], { replays: 99 });
    expect(copyOf(none, row, jobOf(requestOf({ act: 'delete' })), 'anna')).toEqual({
      raw: none.raw,
      body: none.body,
    });
    expect(destinationOf(none, requestOf({ act: 'delete' }))).toEqual({ exchange: '', routingKey: '' });
  });

  it('is none of a body that no broker takes', () => {
    const huge = letter([died('work')]);
    Object.defineProperty(huge, 'body', { value: { length: LARGEST_BODY + 1 } });
    expect(destinationOf(huge, requestOf())).toEqual({
      cannot: expect.stringContaining('larger than any broker'),
    });
  });

  it('of bytes that cannot be read stays, with a reason', () => {
    const broken = { ...letter([died('work')]), raw: Buffer.of(255) };
    expect(whyNot(copyOf(broken, row, jobOf(requestOf(), 'work'), 'anna'))).toMatch(/cannot be copied/);
  });

  it('parts from its journey when the edit changes what it is known by', () => {
    const one = letter([died('work')], { properties: { messageId: 'm' }, journey: 'message:m' });
    const select = { kind: 'messages' as const, ids: ['x'] };
    const parts = (edit: ReplayRequest['edit']) =>
      entryOf(one, 'x', requestOf({ select, edit }), 'anna').parts;
    expect(parts({ body: { text: 'new' } })).toBe(false);
    expect(parts({ properties: { messageId: 'n' } })).toBe(true);
  });
});

describe('origin', () => {
  it('is the newest death; the first is told by its header, since a retry loop reorders the list', () => {
    // work rejected → wait expired → work rejected again: the list begins with work, and ends with wait
    const loop = letter([
      died('work', 'wait'),
      text('x-first-death-queue', 'work'),
      text('x-first-death-reason', 'rejected'),
    ]);
    expect(originOf(loop)).toMatchObject({ queue: 'work', first: 'work' });
    const two = letter([died('wait', 'work')]);
    expect(originOf(two)).toEqual({
      queue: 'wait',
      first: 'work',
      evidence:
        'x-death: it died last in wait (rejected); it died first in work (rejected), by oldest entry of x-death',
    });
    expect(originOf(letter([]))).toBeNull();
    expect(originOf(letter([text('x-death', 'forged')]))).toBeNull();
  });
});

describe('deaths in the same queue for the same reason', () => {
  it('are added up over replays, and not counted twice after a move', () => {
    const before = { ...died('work'), name: 'x-original-death' };
    const of = (...headers: Header[]) => entryOf(letter(headers), 'id', requestOf(), 'anna').sameDeaths;
    expect(of(died('work'))).toBe(1);
    // replayed and dead again: at another time
    const value = [{ queue: 'work', reason: 'rejected', count: 2, time: 5 }];
    expect(of({ ...died('work'), value }, before)).toBe(3);
    expect(of(died('work'), before)).toBe(1);
  });
});

describe('expiration', () => {
  const with_ = (name: string, expiration: string): Header => ({
    name,
    type: 'A',
    value: [{ queue: 'work', reason: 'expired', count: 1, 'original-expiration': expiration }],
  });

  it("was what the latest death took off, or an earlier replay's", () => {
    expect(originalExpiration(letter([with_('x-death', '5')]))).toBe('5');
    expect(originalExpiration(letter([died('work'), with_('x-original-death', '7')]))).toBe('7');
    expect(originalExpiration(letter([died('work')]))).toBeNull();
  });

  it('of the copy is kept, dropped, or what it was', () => {
    const one = letter([with_('x-death', '5')], { properties: { expiration: '9' } });
    expect((['keep', 'drop', 'original'] as const).map((o) => copyExpiration(one, o))).toEqual([
      '9',
      null,
      '5',
    ]);
  });
});

describe('what came back', () => {
  it('is told by its replay ID in a replay, by its content in a move', () => {
    const returns = new Returns();
    const own = encodeProperties({}, [text('x-replay-id', 'j.1')]);
    const other = encodeProperties({ messageId: 'm' }, [text('x-replay-id', 'old.7')]);
    const marks = [returns.sent(own, Buffer.from('a'), 'j.1'), returns.sent(other, Buffer.from('b'), 'j.2')];
    expect(marks[0]).toBe('id j.1');
    expect(marks[1]).toMatch(/^content /);
    // 4.x gives headers back sorted, of doubled names the first
    const doubled = encodeProperties({}, [text('z', '1'), text('a', '2'), text('a', '3')]);
    const sorted = encodeProperties({}, [text('a', '2'), text('z', '1')]);
    const markOf = (raw: Buffer) => new Returns().sent(raw, Buffer.from('b'), 'j.3');
    expect(markOf(sorted)).toBe(markOf(doubled));
    expect(markOf(encodeProperties({}, [text('a', '3'), text('z', '1')]))).not.toBe(markOf(doubled));
  });
});
