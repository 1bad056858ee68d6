import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeProperties } from '../amqp/properties.ts';
import type { ReplayJob } from '../model/replay.ts';
import { jobOf } from '../store/journal-samples.ts';
import { openStateStore } from '../store/sqlite/state-store.ts';
import type { StateStore } from '../store/state.ts';
import { Chooser } from './chooser.ts';
import type { Letter } from './letter.ts';
import { readJournal } from './rows.ts';

const dir = mkdtempSync(join(tmpdir(), 'hoplight-chooser-'));
afterAll(() => rmSync(dir, { recursive: true }));

function letter(key: string): Letter {
  const raw = encodeProperties({ messageId: key }, []);
  return {
    originQueue: null,
    reason: null,
    error: null,
    diedAt: null,
    key,
    offset: null,
    journey: `message:${key}`,
    ids: { messageId: key },
    fingerprint: key,
    exchange: '',
    routingKey: 'dead',
    deaths: [],
    cause: 'c',
    deliveryCount: null,
    replays: 0,
    properties: { messageId: key },
    headers: [],
    raw,
    body: Buffer.from(key),
  };
}

/** Meets these messages in turn, as far as the job wants any; what is chosen is confirmed. */
function round(state: StateStore, job: ReplayJob, keys: readonly string[]): string[] {
  const chooser = new Chooser(job, 'guest', readJournal(state, job.id));
  const sent: string[] = [];
  for (const key of keys) {
    if (chooser.left === 0) break;
    const choice = chooser.choose(letter(key));
    if (!choice) continue;
    sent.push(choice.row.possiblyDuplicated ? `${key} again` : key);
    state.putMessages(job.id, [{ ...choice.row, outcome: 'confirmed', at: 1 }]);
  }
  return sent;
}

/**
 *   frozen      a b c d e
 *   before      a b c                confirmed and acknowledged; the broker is killed and forgets the last two
 *   resumed     b c d                b and c are sent again and named; then it is killed and forgets them once more
 *   resumed     b c e                e is still one of the five
 *   later       f                    died after the plan: stays
 */
test('what a killed broker brings back is sent again by name, and takes nobody’s place', () => {
  const state = openStateStore(join(dir, 'state.db'));
  const plain = jobOf();
  const target = { exchange: '', routingKey: 'work', messages: 5, reaches: [], mayWrite: 'yes' as const };
  state.createJob({
    ...plain,
    request: { ...plain.request, target: { kind: 'queue', queue: 'work' } },
    plan: { ...plain.plan, selected: 5, inQueue: 5, targets: [target] },
  });
  const job = state.getJob('job-1');
  if (!job) throw new Error('the job is not there');
  expect(round(state, job, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
  expect(round(state, job, ['b', 'c', 'd'])).toEqual(['b again', 'c again', 'd']);
  expect(round(state, job, ['b', 'c', 'e', 'f'])).toEqual(['b again', 'c again', 'e']);
  expect(round(state, job, ['f'])).toEqual([]);
  state.close();
});
