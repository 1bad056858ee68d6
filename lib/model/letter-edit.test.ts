import { describe, expect, it } from 'vitest';
import { changesOnTheWay } from '../journey/header-origin.ts';
import { nameProblem } from './header-value.ts';
import { letterEditSchema } from './letter-edit.ts';
import type { Header, WireTag } from './message.ts';

const issueOf = (edit: unknown) => {
  const [issue] = letterEditSchema.safeParse(edit).error?.issues ?? [];
  return issue ? `${issue.path.join('.')}: ${issue.message}` : null;
};
const header = (type: WireTag, value: Header['value']) => ({
  headers: { set: [{ name: 'h', type, value }] },
});

describe('an edit', () => {
  const good: [WireTag, Header['value']][] = [
    ['t', false],
    ['b', -128],
    ['B', 255],
    ['s', 32_767],
    ['u', 65_535],
    ['I', -2_147_483_648],
    ['i', 4_294_967_295],
    ['l', '9223372036854775807'],
    ['l', 5],
    ['L', '-9223372036854775808'],
    ['f', 1.5],
    ['d', -0],
    ['D', '-12.50'],
    ['S', ''],
    ['x', 'AP/DKA=='],
    ['A', [1, 'two', null, { three: [3.5] }]],
    ['T', '18446744073709551615'],
    ['F', { a: { b: [] }, __proto__: 1 }],
    ['V', null],
  ];
  it.each(good)('takes a header of type %s with %j', (type, value) => {
    expect(issueOf(header(type, value))).toBeNull();
  });

  const bad: [WireTag, Header['value']][] = [
    ['t', 1],
    ['b', 128],
    ['B', -1],
    ['s', 1.5],
    ['u', 65_536],
    ['I', 2_147_483_648],
    ['i', -1],
    ['l', '9223372036854775808'],
    ['l', 2 ** 53],
    ['T', -1],
    ['T', '2026-11-21'],
    ['f', 1e39],
    ['d', 'NaN'],
    ['D', 12.5],
    ['D', '99999999999'],
    ['S', 5],
    ['x', 'not base64'],
    ['A', { 0: 1 }],
    ['F', [1]],
    ['F', { ['k'.repeat(256)]: 1 }],
    ['V', ''],
  ];
  it.each(bad)('names the field when a header of type %s has %j', (type, value) => {
    expect(issueOf(header(type, value))).toMatch(/^headers\.set\.0\.value: [A-Z].*\.$/);
  });

  it('refuses an array that lies too deep in itself, instead of failing when it is sent', () => {
    let value: Header['value'] = 1;
    for (let i = 0; i < 40; i++) value = [value];
    expect(issueOf(header('A', value))).toMatch(/deep in each other/);
  });

  it('leaves to the broker and the replay what is theirs', () => {
    const theirs = [
      'CC',
      'BCC',
      'x-death',
      'x-replay-id',
      'x-original-death',
      'x-first-death-queue',
      'x-acquired-count',
    ];
    for (const name of theirs) {
      expect(issueOf({ headers: { set: [{ name, type: 'S', value: 'v' }] } })).toMatch(
        /^headers\.set\.0\.name: /,
      );
      expect(issueOf({ headers: { remove: [name] } })).toMatch(/^headers\.remove\.0: /);
    }
    for (const name of [
      ...theirs,
      'cc',
      'x-tenant',
      '__proto__',
      'x-deaths',
      'x-replay',
      'x-last-death-reason',
    ])
      expect([name, nameProblem(name) !== null]).toEqual([name, changesOnTheWay(name)]);
  });

  it('counts bytes, not characters, where AMQP has 255 of them', () => {
    expect(issueOf({ properties: { messageId: 'é'.repeat(127) } })).toBeNull();
    expect(issueOf({ properties: { messageId: 'é'.repeat(128) } })).toMatch(
      /^properties\.messageId: .*255 bytes/,
    );
    expect(issueOf({ headers: { remove: ['é'.repeat(128)] } })).toMatch(/255 bytes/);
  });

  it('sets a header once, and takes no body that is not base64', () => {
    const twice = { name: 'h', type: 'S', value: '1' };
    expect(issueOf({ headers: { set: [twice, twice] } })).toMatch(/^headers\.set: .*once/);
    expect(issueOf({ body: { base64: 'ä' } })).toMatch(/^body/);
  });
});
