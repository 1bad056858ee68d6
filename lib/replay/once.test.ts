import { describe, expect, test, vi } from 'vitest';
import { aJob } from '../../test/build-replay.ts';
import { type ReplayJob, type ReplayRequest, replayRequestSchema } from '../model/replay.ts';
import type { StoredRequestKey } from '../store/state.ts';
import { type OnceWork, parseRequestKey, RequestKeys } from './once.ts';

const DAY = 24 * 3_600_000;
const request = (more: Partial<ReplayRequest> = {}) =>
  replayRequestSchema.parse({ vhost: '/', queue: 'dead', ...more });
function bench() {
  const rows = new Map<string, StoredRequestKey>();
  const jobs = new Map<string, ReplayJob>();
  let now = 1_000;
  let ids = 0;
  const start = vi.fn(async (id: string) => {
    const job = aJob({ id });
    jobs.set(id, job);
    return job;
  });
  const work: OnceWork = { newId: () => `j${++ids}`, get: (id) => jobs.get(id) ?? null, start };
  const of = (user: string, key: string) => `${user} ${key}`;
  const keys = new RequestKeys(
    {
      requestKey: (user, key) => rows.get(of(user, key)) ?? null,
      putRequestKey: (user, key, stored) => void rows.set(of(user, key), stored),
      deleteRequestKey: (user, key) => void rows.delete(of(user, key)),
      deleteOldRequestKeys: (before) => {
        for (const [name, row] of rows) if (row.at < before) rows.delete(name);
        return 0;
      },
    },
    () => now,
  );
  return { keys, work, start, rows, jobs, pass: (ms: number) => (now += ms) };
}

describe('an idempotency key', () => {
  test('begins one job, however often its request comes', async () => {
    const { keys, work, start } = bench();
    const first = await keys.once('anna', 'k', request({ rate: 5 }), work);
    // the same by its meaning: a default that is written out, another order of the fields
    const again = replayRequestSchema.parse({ rate: 5, keepOrder: false, queue: 'dead', vhost: '/' });
    const second = await keys.once('anna', 'k', again, work);
    expect([first.again, second.again]).toEqual([false, true]);
    expect(second.job.id).toBe(first.job.id);
    expect(start).toHaveBeenCalledTimes(1);
  });

  test('waits for the answer where the first is only being started', async () => {
    const { keys, work, start } = bench();
    const both = await Promise.all([1, 2].map(() => keys.once('anna', 'k', request(), work)));
    expect(both.map((b) => b.again)).toEqual([false, true]);
    expect(start).toHaveBeenCalledTimes(1);
    const meanwhile = Promise.all([
      keys.once('anna', 'k2', request(), work),
      keys.once('anna', 'k2', request({ rate: 1 }), work),
    ]);
    await expect(meanwhile).rejects.toMatchObject({ code: 'conflict' });
  });

  test('refuses another request, and knows each user apart', async () => {
    const { keys, work, start } = bench();
    await keys.once('anna', 'k', request(), work);
    await expect(keys.once('anna', 'k', request({ rate: 1 }), work)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await keys.once('ben', 'k', request({ rate: 1 }), work)).again).toBe(false);
    expect(start).toHaveBeenCalledTimes(2);
  });

  test('is forgotten where nothing was begun, and after a day', async () => {
    const { keys, work, start, pass } = bench();
    start.mockRejectedValueOnce(new Error('consent needed'));
    await expect(keys.once('anna', 'k', request(), work)).rejects.toThrow('consent');
    expect((await keys.once('anna', 'k', request({ consent: ['lives'] }), work)).again).toBe(false);
    pass(DAY + 1);
    expect((await keys.once('anna', 'k', request(), work)).again).toBe(false);
  });

  test('of a process that ended before its job was there starts with the same ID', async () => {
    const { keys, work, rows, jobs } = bench();
    const { job } = await keys.once('anna', 'k', request(), work);
    jobs.clear(); // as after a crash between the key and the job
    expect(rows.size).toBe(1);
    const after = await keys.once('anna', 'k', request(), work);
    expect(after).toMatchObject({ again: false, job: { id: job.id } });
  });
});

test('the header is one string, quoted or bare', () => {
  expect(parseRequestKey(' 7f3a-b ')).toBe('7f3a-b');
  expect(parseRequestKey('"7f3a-b"')).toBe('7f3a-b');
  expect(parseRequestKey('"a \\"b\\" \\\\"')).toBe('a "b" \\');
  expect(parseRequestKey('k'.repeat(255))).toHaveLength(255);
  for (const bad of ['', '   ', '""', 'k'.repeat(256), 'é', '"open', 'a\tb'])
    expect(() => parseRequestKey(bad), bad).toThrow(/printable/);
});
