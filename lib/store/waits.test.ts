import { describe, expect, test } from 'vitest';
import type { Fact } from '../model/fact.ts';
import { factOf } from './fact-samples.ts';
import { type Measured, measure, type Wait } from './waits.ts';

const T0 = 1_700_000_000_000;
const publish = (at: number, change: Partial<Fact> = {}) => factOf({ at: T0 + at, ...change });
const delivery = (at: number, change: Partial<Fact> = {}) =>
  factOf({ kind: 'delivered', queue: 'orders', at: T0 + at, ...change });

/** What each fact measured, and what is still waited for; each wait goes through JSON as it does between batches. */
function told(...facts: Fact[]) {
  let waits: Wait[] = [];
  const measured: Measured[] = [];
  for (const fact of facts) {
    measured.push(...measure(waits, fact));
    waits = JSON.parse(JSON.stringify(waits));
  }
  return { measured: measured.map(({ queue, ms }) => [queue, ms]), waiting: waits.length };
}

describe('the time from publish to first delivery', () => {
  test('is measured once in each queue that the publish was routed to', () => {
    //  publish ─ 5 ─ a ─ 4 ─ b ─ 1 ─ b again
    const routed = { routedQueues: ['a', 'b'] };
    expect(
      told(
        publish(0, routed),
        delivery(5, { queue: 'a' }),
        delivery(9, { queue: 'b' }),
        delivery(10, { queue: 'b', redelivered: true }),
      ),
    ).toEqual({
      measured: [
        ['a', 5],
        ['b', 9],
      ],
      waiting: 0,
    });
  });

  test('counts a delivery that the tap told of a moment before the publish, and no other without a publish', () => {
    expect(told(delivery(0), publish(0.002)).measured).toEqual([['orders', 0]]);
    expect(told(delivery(0), publish(11_000)).measured).toEqual([]);
    expect(told(delivery(0, { queue: 'other' }), publish(1)).measured).toEqual([]);
  });

  test('takes the oldest of publishes that look alike, and tells messages and copies apart', () => {
    expect(told(publish(0), publish(10), delivery(12), delivery(15)).measured).toEqual([
      ['orders', 12],
      ['orders', 5],
    ]);
    const copy = { ids: { messageId: 'm-1', replayId: 'job.1' } };
    expect(told(publish(0), publish(100, copy), delivery(101, copy)).measured).toEqual([['orders', 1]]);
    expect(told(publish(0), delivery(1, { ids: { messageId: 'm-2' } })).measured).toEqual([]);
  });

  test('leaves out dead letters, what we read ourselves, and publishes that no tap saw', () => {
    const deaths = [{ queue: 'x', reason: 'expired', count: 1, exchange: '', routingKeys: [], at: null }];
    expect(told(publish(0), delivery(5, { deaths })).measured).toEqual([]);
    expect(told(publish(0), delivery(5, { source: 'read' })).measured).toEqual([]);
    expect(told(publish(0, { source: 'publisher' }), delivery(5)).measured).toEqual([]);
  });

  test('stays bounded however much is published and never delivered', () => {
    const many = Array.from({ length: 500 }, (_, i) => publish(i, { ids: { messageId: `${i}` } }));
    expect(told(...many).waiting).toBe(32);
  });
});
