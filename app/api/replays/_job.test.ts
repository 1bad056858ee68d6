import { describe, expect, it } from 'vitest';
import { replayRequestSchema } from '@/lib/model/replay.ts';
import { aJob } from '../../../test/build-replay.ts';
import { requireSteering, told } from './_job.ts';

const job = { id: 'r1', by: 'anna', state: 'paused' as const };
const anna = { user: 'anna', tags: ['management'] };
const bob = { user: 'bob', tags: ['management'] };
const admin = { user: 'root', tags: ['administrator'] };
const forbidden = expect.objectContaining({ code: 'forbidden' });
const error = (work: () => void): unknown => {
  try {
    work();
    return null;
  } catch (thrown) {
    return thrown;
  }
};

describe('who may steer a replay', () => {
  it('lets it go on, or faster, for the user on whose connections it sends, and for administrators', () => {
    for (const action of [{ action: 'resume' as const }, { action: 'pace' as const, rate: null }]) {
      expect(error(() => requireSteering(anna, job, action))).toBeNull();
      expect(error(() => requireSteering(admin, job, action))).toBeNull();
      expect(error(() => requireSteering(bob, job, action))).toEqual(forbidden);
    }
  });

  it('lets everybody stop it, and go on with an interrupted one on connections of their own', () => {
    expect(error(() => requireSteering(bob, job, { action: 'pause' }))).toBeNull();
    expect(error(() => requireSteering(bob, job, { action: 'cancel' }))).toBeNull();
    expect(
      error(() => requireSteering(bob, { ...job, state: 'interrupted' }, { action: 'resume' })),
    ).toBeNull();
  });
});

it('tells nobody the values of an edit', () => {
  const request = replayRequestSchema.parse({
    vhost: '/',
    queue: 'billing.dead',
    select: { kind: 'messages', ids: ['9f.0'] },
    edit: { body: { text: 'hunter2' } },
  });
  const { id, request: shown } = told(aJob({ request }));
  expect(JSON.stringify(shown)).not.toContain('hunter2');
  expect([id, shown.select]).toEqual(['r119', request.select]);
});
