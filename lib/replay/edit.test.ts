import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeProperties, encodeProperties, rawHeaders } from '../amqp/properties.ts';
import { encodeHeader } from '../amqp/table.ts';
import { letterEditSchema } from '../model/letter-edit.ts';
import { type Header, headerValue, type Properties } from '../model/message.ts';
import { changesFor, copyBody, copyProperties, moveProperties } from './edit.ts';
import { badExpiration } from './expiration.ts';

const lineage = { replayId: 'j.1', count: 1, of: 'm1', user: 'anna' };
const death = (queue: string): Header => ({
  name: 'x-death',
  type: 'A',
  value: [{ queue, reason: 'rejected', count: 1, exchange: '', 'routing-keys': [queue] }],
});
const text = (name: string, value: string): Header => ({ name, type: 'S', value });

describe('the copy of a dead letter', () => {
  it('carries its deaths as x-original-death, with the bytes that x-death had', () => {
    const raw = encodeProperties({ messageId: 'm1' }, [death('billing'), text('kept', 'k')]);
    const copy = copyProperties(raw, lineage);
    const typed = (bytes: Buffer, name: string) => rawHeaders(bytes).find((e) => e.name === name)?.typed;
    expect(typed(copy, 'x-original-death')).toEqual(typed(raw, 'x-death'));
    expect(typed(copy, 'kept')).toEqual(typed(raw, 'kept'));
    expect(typed(copy, 'x-death')).toBeUndefined();
    expect(decodeProperties(copy).properties).toEqual({ messageId: 'm1' });
  });

  it('adds the latest deaths before those of earlier attempts', () => {
    const first = copyProperties(encodeProperties({}, [death('billing')]), lineage);
    const died = encodeProperties({}, [death('mail'), ...decodeProperties(first).headers]);
    const { headers } = decodeProperties(copyProperties(died, { ...lineage, count: 2 }));
    expect(headerValue(headers, 'x-original-death')).toMatchObject([{ queue: 'mail' }, { queue: 'billing' }]);
    expect(headerValue(headers, 'x-replay-count')).toBe(2);
  });

  it('keeps the own user-id, moves a foreign one, and never overwrites where it once came from', () => {
    const own = copyProperties(encodeProperties({ userId: 'anna' }), lineage);
    expect(decodeProperties(own).properties.userId).toBe('anna');
    const foreign = decodeProperties(copyProperties(encodeProperties({ userId: 'shop' }), lineage));
    expect(foreign.properties.userId).toBeUndefined();
    expect(headerValue(foreign.headers, 'x-original-user-id')).toBe('shop');
    const again = encodeProperties({ userId: 'bert' }, [text('x-original-user-id', 'shop')]);
    expect(headerValue(decodeProperties(copyProperties(again, lineage)).headers, 'x-original-user-id')).toBe(
      'shop',
    );
  });

  it('drops CC, BCC and the broker’s own counters, and nothing else', () => {
    const gone = [
      'CC',
      'BCC',
      'x-first-death-queue',
      'x-last-death-reason',
      'x-delivery-count',
      'x-acquired-count',
    ];
    const headers = [...gone.map((name) => text(name, 'v')), text('__proto__', 'v'), text('cc', 'v')];
    const names = decodeProperties(copyProperties(encodeProperties({}, headers), lineage)).headers.map(
      (h) => h.name,
    );
    expect(names).toEqual(['__proto__', 'cc', 'x-replay-id', 'x-replay-count', 'x-replay-of']);
    expect(changesFor(headers, undefined, 'anna')).toEqual({
      cc: true,
      deaths: false,
      counters: true,
      counts: true,
      userId: false,
    });
  });

  it('leaves every other header byte for byte, whatever it holds', () => {
    const name = fc.string({ maxLength: 20 }).filter((n) => !/^(x-|CC$|BCC$)/.test(n));
    const header = fc.record({ name, type: fc.constant('S' as const), value: fc.string() });
    fc.assert(
      fc.property(fc.array(header), (headers) => {
        const raw = encodeProperties({ contentType: 'a/b', priority: 3 }, headers);
        const kept = rawHeaders(copyProperties(raw, lineage)).slice(0, headers.length);
        expect(kept.map((e) => e.raw)).toEqual(rawHeaders(raw).map((e) => e.raw));
      }),
    );
  });

  it.each([
    ['1000', true],
    ['0', true],
    ['4294967295', true],
    ['4294967296', false],
    ['-1', false],
    ['1.5', false],
    ['soon', false],
    ['', false],
  ])('an expiration of "%s" can be sent: %s (hazard 12)', (expiration, can) => {
    expect(badExpiration(expiration) === null).toBe(can);
  });
});

describe('options and edits', () => {
  const name = fc.string({ minLength: 1, maxLength: 12 }).filter((n) => !/^(x-|CC$|BCC$)/.test(n));
  const value = fc.oneof(
    fc.record({ type: fc.constant('S' as const), value: fc.string() }),
    fc.record({ type: fc.constant('l' as const), value: fc.maxSafeInteger() }),
    fc.record({ type: fc.constant('f' as const), value: fc.constant(1.5) }),
    fc.record({ type: fc.constant('A' as const), value: fc.array(fc.maxSafeInteger(), { maxLength: 3 }) }),
  );
  const table = fc
    .uniqueArray(fc.tuple(name, value), { maxLength: 8, selector: ([n]) => n })
    .map((list) => list.map(([n, v]): Header => ({ name: n, ...v })));
  const base: Properties = {
    contentType: 'a/b',
    deliveryMode: 1,
    priority: 3,
    expiration: '77',
    messageId: 'm',
    type: 't',
  };
  const entriesOf = (bytes: Buffer) => rawHeaders(bytes).filter((e) => !e.name.startsWith('x-'));

  it('leave every byte that they do not name, whatever the table holds; what is new comes at the end', () => {
    fc.assert(
      fc.property(table, table, fc.array(name, { maxLength: 3 }), (headers, set, remove) => {
        const raw = encodeProperties(base, headers);
        const edit = letterEditSchema.parse({ headers: { set, remove } });
        const copy = entriesOf(copyProperties(raw, lineage, { edit, persistent: true, expiration: null }));
        const written = new Map(set.map((h) => [h.name, encodeHeader(h)]));
        const gone = new Set(remove.filter((n) => !written.has(n)));
        const before = entriesOf(raw).filter((e) => !gone.has(e.name));
        const there = new Set(before.map((e) => e.name));
        expect(copy.map((e) => e.raw)).toEqual([
          ...before.map((e) => written.get(e.name) ?? e.raw),
          ...set.filter((h) => !there.has(h.name)).map(encodeHeader),
        ]);
      }),
      { numRuns: 60 },
    );
  });

  it('change the properties that they name and no other', () => {
    const edit = letterEditSchema.parse({ properties: { priority: null, messageId: 'n', timestamp: 5 } });
    const copy = decodeProperties(
      copyProperties(encodeProperties(base), lineage, { edit, persistent: true, expiration: null }),
    );
    expect(copy.properties).toEqual({
      contentType: 'a/b',
      deliveryMode: 2,
      messageId: 'n',
      timestamp: 5,
      type: 't',
    });
    expect(decodeProperties(copyProperties(encodeProperties(base), lineage)).properties).toEqual(base);
  });

  it('name in x-replay-edited what was changed now and before; a later replay without an edit keeps that', () => {
    const once = copyProperties(encodeProperties(base), lineage, {
      edit: letterEditSchema.parse({ headers: { set: [{ name: 'h', type: 'S', value: 'secret' }] } }),
    });
    const named = (bytes: Buffer) => headerValue(decodeProperties(bytes).headers, 'x-replay-edited');
    expect(named(once)).toEqual(['header h']);
    const again = copyProperties(once, { ...lineage, replayId: 'k.1' });
    expect(named(again)).toEqual(['header h']);
    const edit = letterEditSchema.parse({
      headers: { remove: ['h'] },
      properties: { contentType: 'x/y' },
      body: { text: '' },
    });
    expect(named(copyProperties(again, lineage, { edit }))).toEqual([
      'header h',
      'property content-type',
      'body',
    ]);
  });

  it('replace the body by text or bytes, and leave it alone otherwise', () => {
    const body = Buffer.of(0, 255);
    expect(copyBody(body, undefined)).toBe(body);
    expect(copyBody(body, letterEditSchema.parse({ headers: {} }))).toBe(body);
    expect(copyBody(body, { body: { text: 'é' } })).toEqual(Buffer.from('é'));
    expect(copyBody(body, { body: { base64: 'AP8=' } })).toEqual(body);
  });
});

describe('a moved message', () => {
  const headers = [
    text('a', '1'),
    death('work'),
    text('x-first-death-queue', 'work'),
    { name: 'x-delivery-count', type: 'l' as const, value: 7 },
    text('CC', 'q'),
    text('x-replay-id', 'old.1'),
  ];
  const raw = encodeProperties({ messageId: 'm', userId: 'shop' }, headers);
  const names = (bytes: Buffer) => rawHeaders(bytes).map((e) => e.name);

  it('stays as it was read, but for other addresses, counts and a foreign user-id', () => {
    const moved = moveProperties(raw, 'anna', {}, 3);
    expect(names(moved)).toEqual([
      'a',
      'x-death',
      'x-first-death-queue',
      'x-replay-id',
      'x-original-user-id',
    ]);
    expect(decodeProperties(moved).properties).toEqual({ messageId: 'm' });
    const untouched = encodeProperties({ messageId: 'm' }, [text('a', '1')]);
    expect(moveProperties(untouched, 'anna', {}, 4)).toEqual(untouched);
  });

  it('keeps its deaths where 4.x would forget them, once, however often it is moved or replayed', () => {
    const moved = moveProperties(raw, 'anna', {}, 4);
    expect(names(moved)).toContain('x-death');
    const kept = (bytes: Buffer) => headerValue(decodeProperties(bytes).headers, 'x-original-death');
    expect(kept(moved)).toEqual(death('work').value);
    expect(kept(moveProperties(moved, 'anna', {}, 4))).toEqual(death('work').value);
    expect(kept(copyProperties(moved, lineage))).toEqual(death('work').value);
  });
});
