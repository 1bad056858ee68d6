import { expect, it } from 'vitest';
import { cpuMs, ticksOf } from './cpu.ts';

it('reads both times behind a name that looks like fields', () => {
  const rest = '1 1 1 0 -1 4194304 100 0 0 0 70 30 0 0 20 0 1 0 1 1 1';
  expect(ticksOf(`42 (a) b (c d) S ${rest}`)).toBe(100);
});

it('grows with what this process does', () => {
  const before = cpuMs(process.pid);
  const end = performance.now() + 60;
  while (performance.now() < end);
  expect(cpuMs(process.pid)).toBeGreaterThan(before);
});
