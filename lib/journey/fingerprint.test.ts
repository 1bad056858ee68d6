import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Header } from '../model/message.ts';
import { fingerprint } from './fingerprint.ts';

const body = new TextEncoder().encode('{"a":1}');
const own: Header[] = [
  { name: 'x-tenant', type: 'S', value: 'acme' },
  { name: 'n', type: 'I', value: 7 },
];

describe('fingerprint', () => {
  it('is the same before and after dead-lettering and a replay', () => {
    const before = fingerprint(
      { messageId: 'm1', expiration: '80', userId: 'guest' },
      [...own, { name: 'CC', type: 'A', value: ['q2'] }],
      body,
    );
    const dead: Header[] = [
      ...own,
      { name: 'x-death', type: 'A', value: [{ queue: 'q', reason: 'expired', count: 1 }] },
      { name: 'x-first-death-queue', type: 'S', value: 'q' },
      { name: 'x-last-death-reason', type: 'S', value: 'expired' },
      { name: 'x-delivery-count', type: 'l', value: 2 },
      { name: 'x-acquired-count', type: 'l', value: 3 },
    ];
    expect(fingerprint({ messageId: 'm1' }, dead, body)).toBe(before);
    const copy: Header[] = [
      ...own,
      { name: 'x-replay-id', type: 'S', value: 'R1.0' },
      { name: 'x-original-death', type: 'A', value: [] },
    ];
    expect(fingerprint({ messageId: 'm1' }, copy, body)).toBe(before);
  });

  it('does not depend on the order of headers or of a table’s keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (table) => {
        const turned = Object.fromEntries(Object.entries(table).reverse());
        const a: Header[] = [...own, { name: 't', type: 'F', value: table }];
        const b: Header[] = [{ name: 't', type: 'F', value: turned }, ...own.toReversed()];
        expect(fingerprint({}, a, body)).toBe(fingerprint({}, b, body));
      }),
    );
  });

  it('differs by body, by property, by header, and between text in the head and in the body', () => {
    const all = [
      fingerprint({}, [], new Uint8Array()),
      fingerprint({}, [], body),
      fingerprint({ messageId: 'm1' }, [], body),
      fingerprint({ correlationId: 'm1' }, [], body),
      fingerprint({}, own, body),
      fingerprint({}, [{ name: '__proto__', type: 'F', value: JSON.parse('{"__proto__":1}') }], body),
      fingerprint({}, [{ name: '__proto__', type: 'F', value: {} }], body),
    ];
    expect(new Set(all).size).toBe(all.length);
    for (const one of all) expect(one).toMatch(/^[0-9a-f]{32}$/);
  });
});
