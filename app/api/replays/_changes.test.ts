import { expect, test } from 'vitest';
import type { ReplayJob, ReplayProgress } from '@/lib/model/replay.ts';
import { aJob } from '../../../test/build-replay.ts';
import { createJobWatch } from './_changes.ts';

function watched(first: Partial<ReplayJob>) {
  const at = { now: 0, job: aJob(first), counted: 0, read: 0 };
  const watch = createJobWatch({
    job: () => {
      at.read += 1;
      return at.job;
    },
    progress: (): ReplayProgress => {
      at.counted += 1;
      return { sliceMs: 1_000, slices: [] };
    },
    clock: () => at.now,
  });
  return { at, watch };
}

test('tells the first look and each change, and what is due though nothing changed', () => {
  const { at, watch } = watched({ state: 'running' });
  expect(watch.look(true)).toContain('"state":"running"');
  expect(watch.look(false)).toBeNull();
  at.job = aJob({ state: 'running', note: 'The broker blocks publishing.' });
  expect(watch.look(false)).toContain('The broker blocks publishing.');
  expect(watch.look(false)).toBeNull();
  expect(watch.look(true)).toContain('The broker blocks publishing.');
});

test('counts the progress once a second, and when the state changes', () => {
  const { at, watch } = watched({ state: 'running' });
  for (at.now = 0; at.now < 2_000; at.now += 250) watch.look(false);
  expect(at.counted).toBe(2);
  at.job = aJob({ state: 'paused' });
  watch.look(false);
  expect(at.counted).toBe(3);
});

test('looks at a job that is over every two seconds', () => {
  const { at, watch } = watched({ state: 'done' });
  for (at.now = 0; at.now < 4_000; at.now += 250) watch.look(false);
  expect(at.read).toBe(2);
});
