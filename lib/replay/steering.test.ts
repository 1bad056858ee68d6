import { expect, it } from 'vitest';
import { aJob } from '../../test/build-replay.ts';
import type { ActIntent } from '../audit/record.ts';
import type { ReplayJob } from '../model/replay.ts';
import { replayRequestSchema } from '../model/replay.ts';
import type { Opener } from './opener.ts';
import type { Runner } from './runner.ts';
import { createSteering } from './steering.ts';

const edited = replayRequestSchema.parse({
  vhost: '/',
  queue: 'billing.dead',
  select: { kind: 'messages', ids: ['9f.0'] },
  edit: { headers: { set: [{ name: 'token', type: 'S', value: 'hunter2' }] } },
});
const anna = { user: 'anna', connect: () => Promise.reject(new Error('not here')) };

/** An interrupted job whose queue takes until `open()` to be opened. */
function interrupted() {
  let job: ReplayJob = aJob({ state: 'interrupted', request: edited });
  const acts: ActIntent[] = [];
  const seen = { launched: 0, claims: 0 };
  const { promise: opens, resolve: open } = Promise.withResolvers<void>();
  const change = (more: Partial<ReplayJob>) => {
    job = { ...job, ...more };
  };
  // as much of an opener as a resume hands on
  const opener = {} as Opener;
  const runner: Runner = {
    running: new Map(),
    claim: () => void seen.claims++,
    unclaim: () => {},
    async opened(_actor, _job, _holder, go) {
      await opens;
      return go(opener);
    },
    launch: () => void seen.launched++,
    finish: (_, end) => change({ state: end.state }),
    recover: () => {},
    stop: () => Promise.resolve(),
  };
  const audit = {
    begin(act: ActIntent) {
      acts.push(act);
      return () => {};
    },
  };
  // of the store only these two are asked
  const state = { updateJob: (_: string, more: Partial<ReplayJob>) => change(more), addJobStep: () => {} };
  const deps = { state, audit, clock: () => 0 } as unknown as Parameters<typeof createSteering>[0];
  return { steering: createSteering(deps, runner, () => job), open, seen, acts };
}

it('resumes a job once, however often it is asked: of a stream two would send everything twice', async () => {
  const { steering, open, seen } = interrupted();
  const first = steering.resume(anna, 'r119');
  await expect(steering.resume(anna, 'r119')).rejects.toMatchObject({ code: 'conflict' });
  open();
  expect((await first).state).toBe('running');
  // nor does the second give the claim of the first back
  expect(seen).toEqual({ launched: 1, claims: 1 });
});

it('does not resume what was cancelled while its queue was opened', async () => {
  const { steering, open, seen } = interrupted();
  const resumed = steering.resume(anna, 'r119');
  await steering.cancel(anna, 'r119');
  open();
  await expect(resumed).rejects.toMatchObject({ code: 'conflict' });
  expect(seen.launched).toBe(0);
});

it('keeps the values of an edit out of the audit log, when the job is resumed too', async () => {
  const { steering, open, acts } = interrupted();
  open();
  await steering.resume(anna, 'r119');
  expect(acts).toHaveLength(1);
  expect(JSON.stringify(acts)).not.toContain('hunter2');
});
