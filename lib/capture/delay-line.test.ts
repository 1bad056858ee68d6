import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DelayLine, HOLD_MS } from './delay-line.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('each goes on after the time, in order; flush lets all go', () => {
  const out: number[] = [];
  const line = new DelayLine<number>((n) => out.push(n), Date.now);
  line.add(1);
  vi.advanceTimersByTime(HOLD_MS - 1);
  line.add(2);
  expect(out).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(out).toEqual([1]);
  vi.advanceTimersByTime(HOLD_MS);
  expect(out).toEqual([1, 2]);
  line.add(3);
  line.flush();
  expect(out).toEqual([1, 2, 3]);
  vi.advanceTimersByTime(HOLD_MS);
  line.add(4);
  vi.advanceTimersByTime(HOLD_MS);
  expect(out).toEqual([1, 2, 3, 4]);
});

test('a storm does not fill the memory: the oldest go early', () => {
  let out = 0;
  const line = new DelayLine<number>(() => out++, Date.now);
  for (let i = 0; i < 20_000; i++) line.add(i);
  expect(out).toBeGreaterThanOrEqual(15_000);
  line.flush();
  expect(out).toBe(20_000);
});
