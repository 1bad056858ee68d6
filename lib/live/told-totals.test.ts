import { expect, test } from 'vitest';
import { queue } from '../../test/build.ts';
import type { Totals } from '../model/broker.ts';
import { emptyReading, type Reading } from './reading.ts';
import { toldTotals } from './told-totals.ts';

const part = <T>(value: T, askedAt: number) => ({ value, askedAt, tookMs: 1, failed: null });
const counts = (total: number | null, publish = 0): Totals => ({
  ready: total,
  unacked: total === null ? null : 0,
  total,
  publish,
  deliver: 0,
  ack: 0,
  redeliver: 0,
});

function reading(vhosts: Record<string, Totals>, askedAt = 2_000): Reading {
  const value = Object.entries(vhosts).map(([name, totals]) => ({ name, tracing: false, totals }));
  return {
    ...emptyReading(),
    vhosts: part(value, askedAt),
    overview: { ...emptyReading().overview, askedAt: 1_000 },
  };
}

test('add up over the vhosts; one without queues, of which nothing is counted, adds nothing', () => {
  const told = toldTotals(reading({ a: counts(5, 0.1), b: counts(7, 0.2), empty: counts(null) }), [
    queue('q', { vhost: 'a' }),
  ]);
  expect(told).toMatchObject({ ready: 12, total: 12, publish: 0.3 });
});

test('are unknown while a vhost with queues has not been counted: it is not empty', () => {
  const told = toldTotals(reading({ a: counts(5), b: counts(null) }), [queue('q', { vhost: 'b' })]);
  expect(told).toMatchObject({ ready: null, total: null, publish: 0 });
});

test('are not taken from vhosts that are older than the overview', () => {
  expect(toldTotals(reading({ a: counts(5) }, 500), [])).toBeNull();
});
