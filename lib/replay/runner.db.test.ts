import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { until } from '../../test/with-replays.ts';
import { createAudit } from '../audit/record.ts';
import { HoplightError } from '../model/errors.ts';
import { jobOf } from '../store/journal-samples.ts';
import { openStateStore } from '../store/sqlite/state-store.ts';
import type { StateStore } from '../store/state.ts';
import { leaseKey } from './lease.ts';
import { Opener } from './opener.ts';
import { createRunner } from './runner.ts';
import { Lives } from './survey.ts';

const dir = mkdtempSync(join(tmpdir(), 'hoplight-runner-'));
afterAll(() => rmSync(dir, { recursive: true }));

const away = () => Promise.reject(new HoplightError('broker_unreachable', 'Nothing listens.'));

/**
 *   launched ──▶ the broker is away: it ends │ the disk is full: not written down │ room again ──▶ interrupted, and free
 *
 * It stayed `running` with nobody to run it: not to be resumed, cancelled or read beside until the next start.
 */
test('an end that could not be written down is written when it can be', async () => {
  const store = openStateStore(join(dir, 'state.db'));
  let isFull = false;
  const state: StateStore = {
    ...store,
    updateJob(id, change) {
      if (isFull) throw new Error('database or disk is full');
      store.updateJob(id, change);
    },
  };
  const d = {
    state,
    audit: createAudit(state, Date.now),
    clock: Date.now,
    snapshot: () => null,
    refresh: () => Promise.resolve(),
    record: () => {},
    ownConnection: () => {},
    exportsDir: dir,
    leaseMs: 30,
  };
  const actor = { user: 'anna', connect: away };
  store.createJob(jobOf());
  store.updateJob('job-1', { state: 'running', startedAt: 1 });
  const job = store.getJob('job-1');
  if (!job) throw new Error('the job is not there');
  const lives = new Lives();
  const runner = createRunner(d, lives, undefined);
  runner.claim('/', 'dead', 'anna');
  const opener = new Opener(d, lives, actor, { ...job, frozen: 2 });
  isFull = true;
  runner.launch(actor, job, { opener, holder: 'anna', readLimit: 2, outcome: () => {} });
  await runner.running.get('job-1')?.ended;
  expect(store.getJob('job-1')?.state).toBe('running');
  expect(store.acquireLease(leaseKey('/', 'dead'), 'bob', Date.now(), 1)).toMatchObject({ ok: true });
  isFull = false;
  await until(() => store.getJob('job-1')?.state === 'interrupted');
  await runner.stop();
  store.close();
});
