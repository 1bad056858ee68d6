import { expect, test } from 'vitest';
import type { NodeMetrics } from './queue-metrics.ts';
import { createQueueRates } from './queue-rates.ts';

/** One node that counted so many acks of queue `a`, by series. */
function node(acks: Record<string, number>, name = 'rabbit@a'): NodeMetrics {
  const counters = new Map(
    Object.entries(acks).map(([id, n]) => [id, { key: 'a', counts: [0, 0, n, 0] as const }]),
  );
  return { node: name, cluster: 'c', depths: new Map(), strangers: new Set(), counters };
}

test('the rate is taken over the last readings, since a broker counts in steps of its own', () => {
  //  0 s      5 s      10 s     15 s     20 s
  //  100      150      150      250      250
  const rates = createQueueRates();
  const acks = [100, 150, 150, 250, 250].map(
    (n, i) => rates.after([node({ a: n })], true, i * 5_000)?.get('a')?.ack ?? null,
  );
  expect(acks).toEqual([null, 10, 5, 10, 6.7]);
});

test('a channel that is new began at 0, one that closed takes nothing away', () => {
  const rates = createQueueRates();
  rates.after([node({ one: 1_000 })], true, 0);
  expect(rates.after([node({ two: 50 })], true, 5_000)?.get('a')?.ack).toBe(10);
});

test('what several nodes counted adds up', () => {
  const rates = createQueueRates();
  const both = (n: number) => [node({ a: n }, 'rabbit@a'), node({ a: n }, 'rabbit@b')];
  rates.after(both(0), true, 0);
  expect(rates.after(both(50), true, 5_000)?.get('a')?.ack).toBe(20);
});

test('a counter that began anew leaves the rate unknown, not negative', () => {
  const rates = createQueueRates();
  rates.after([node({ a: 100 })], true, 0);
  expect(rates.after([node({ a: 3 })], true, 5_000)?.get('a')?.ack).toBeNull();
});

test('while a node is silent no rate is known, and none is made up of the gap after it', () => {
  const rates = createQueueRates();
  rates.after([node({ a: 0 })], true, 0);
  expect(rates.after([node({ a: 50 })], false, 5_000)).toBeNull();
  expect(rates.after([node({ a: 9_000 })], true, 10_000)).toBeNull();
  expect(rates.after([node({ a: 9_050 })], true, 15_000)?.get('a')?.ack).toBe(10);
});

test('two readings close to each other are not enough', () => {
  const rates = createQueueRates();
  rates.after([node({ a: 0 })], true, 0);
  expect(rates.after([node({ a: 50 })], true, 1_000)).toBeNull();
});

test('a node that comes back with what it counted before makes no rate of it, and is known a reading later', () => {
  const rates = createQueueRates();
  const b = (n: number) => node({ a: n }, 'rabbit@b');
  rates.after([node({ a: 0 }), b(1_000_000)], true, 0);
  rates.after([node({ a: 0 })], true, 5_000); // paused, or cut off: it does not run
  expect(rates.after([node({ a: 0 }), b(1_000_500)], true, 10_000)?.get('a')?.ack).toBeNull();
  expect(rates.after([node({ a: 0 }), b(1_000_550)], true, 15_000)?.get('a')?.ack).toBe(10);
});

test('a queue that the list has just named may have counted for years', () => {
  const rates = createQueueRates();
  rates.after([node({})], true, 0);
  expect(rates.after([node({ a: 1_000_000 })], true, 5_000, () => true)?.get('a')?.ack).toBeNull();
  expect(rates.after([node({ a: 1_000_050 })], true, 10_000)?.get('a')?.ack).toBe(10);
});

test('what passed through a channel that has closed is still of the last seconds', () => {
  const rates = createQueueRates();
  rates.after([node({ one: 0 })], true, 0);
  rates.after([node({ one: 100 })], true, 5_000);
  expect(rates.after([node({})], true, 10_000)?.get('a')?.ack).toBe(10);
});
