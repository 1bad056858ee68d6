import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeProperties, encodeProperties, rawHeaders } from '../amqp/properties.ts';
import { type Header, headerValue } from '../model/message.ts';
import { changesFor, copyProperties } from './edit.ts';
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
