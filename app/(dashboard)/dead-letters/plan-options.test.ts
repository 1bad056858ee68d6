import { describe, expect, test } from 'vitest';
import { replayRequestSchema } from '@/lib/model/replay.ts';
import { aPlan } from '../../../test/build-replay.ts';
import { type Asked, noOptions, paceWords, planning, starting, suggested, wrongOf } from './plan-options.ts';

const asked: Asked = {
  vhost: '/',
  queue: 'billing.dead',
  act: 'replay',
  select: { kind: 'all' },
  edit: null,
};
const reach = { queue: 'billing', type: 'quorum', consumers: 4, depth: 0, ackRate: 88 };
const to = (more: Partial<typeof reach> | { ackRate: null }) =>
  aPlan({
    targets: [
      {
        exchange: '',
        routingKey: 'billing',
        messages: 1_102,
        mayWrite: 'yes',
        reaches: [{ ...reach, ...more }],
      },
    ],
  });

describe('what is proposed', () => {
  test('one first, a quarter of what is settled, a brake at twice what is cleared in 10 s', () => {
    expect(suggested(aPlan(), 'replay', true)).toEqual({
      canary: { on: true, messages: '1', wait: '30', goOn: true },
      rate: '20',
      brake: { on: true, diedAgain: '5', depth: '1760' },
    });
  });
  test('no canary and no brake where nobody could see what became of it', () => {
    const { canary, brake } = suggested(aPlan(), 'replay', false);
    expect([canary.on, brake.on]).toEqual([false, false]);
  });
  test('nothing of a single message, of a move, of a deletion', () => {
    for (const proposed of [
      suggested(aPlan({ selected: 1 }), 'replay', true),
      suggested(aPlan(), 'move', true),
      suggested(aPlan(), 'delete', true),
    ])
      expect([proposed.canary.on, proposed.brake.on, proposed.rate]).toEqual([false, false, '']);
  });
  test('a brake never holds from the first message on, nor for want of consumers', () => {
    expect(suggested(to({ depth: 4_000 }), 'replay', true).brake.depth).toBe('8000');
    expect(suggested(to({ consumers: 0, ackRate: 0 }), 'replay', true).brake.depth).toBe('');
    expect(suggested(to({ ackRate: null }), 'replay', true)).toMatchObject({
      rate: '20',
      brake: { depth: '500' },
    });
  });
});

describe('the request', () => {
  test('is one that the door takes, with every option', () => {
    const o = noOptions('replay');
    const request = starting(asked, {
      ...o,
      aim: { kind: 'exchange', queue: '', exchange: 'orders', routingKey: '' },
      canary: { ...o.canary, on: true },
      brake: { on: true, diedAgain: '5', depth: '' },
      rate: '2.5',
      reason: ' psp is back ',
    });
    expect(replayRequestSchema.parse(request)).toMatchObject({
      target: { kind: 'exchange', exchange: 'orders' },
      canary: { messages: 1, waitSeconds: 30, goOn: true },
      brake: { diedAgain: 5 },
      rate: 2.5,
      reason: 'psp is back',
    });
  });
  test('of a move or a deletion has neither canary nor brake', () => {
    const o = { ...noOptions('move'), brake: { on: true, diedAgain: '5', depth: '5' } };
    const request = starting(
      { ...asked, act: 'move' },
      { ...o, aim: { ...o.aim, queue: 'kept' }, canary: { ...o.canary, on: true } },
    );
    expect(replayRequestSchema.parse(request).brake).toBeUndefined();
    expect(replayRequestSchema.parse(request).canary).toBeUndefined();
  });
  test('is not made while the target has no name', () => {
    expect(planning(asked, noOptions('move'))).toBeNull();
    expect(wrongOf(noOptions('move'))?.words).toBe('name the target first');
  });
  test('what cannot be a figure is said', () => {
    const o = noOptions('replay');
    expect(wrongOf({ ...o, canary: { ...o.canary, on: true, messages: '0' } })?.field).toBe('canary');
    expect(wrongOf({ ...o, rate: '-1' })?.field).toBe('rate');
    expect(wrongOf({ ...o, maxReplays: '' })?.field).toBe('maxReplays');
    expect(wrongOf(o)).toBeNull();
  });
});

test('the pace in words', () => {
  expect(paceWords(aPlan(), '20', 1_102)).toBe('55 s in all; billing settles 88/s now');
  expect(paceWords(aPlan(), '', 1_102)).toBe('as fast as confirms come; billing settles 88/s now');
  expect(paceWords(to({ consumers: 0, ackRate: 0 }), '20', 20)).toBe(
    '1 s in all; billing has no consumer now',
  );
  expect(paceWords(to({ ackRate: null }), '20', 20)).toBe('1 s in all');
});
