/**
 * A process for lib/store/sqlite/kill.db.test.ts: writes facts, journal rows and acts without end into the folder that it
 * is given, and prints a batch's number only after the store has acknowledged it. It is killed from outside.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { factOf } from '../lib/store/fact-samples.ts';
import { jobOf, messageOf } from '../lib/store/journal-samples.ts';
import { openFactWriter } from '../lib/store/sqlite/fact-writer.ts';
import { openStateStore } from '../lib/store/sqlite/state-store.ts';

const [dir = '', start = '0'] = process.argv.slice(2);
const facts = openFactWriter(join(dir, 'facts'), { limitBytes: 2 ** 30, maxAgeMs: 1e9, segmentFacts: 300 });
const state = openStateStore(join(dir, 'state.db'));
const job = state.getJob('job-1');
if (!job) state.createJob(jobOf({ state: 'running' }));

for (let batch = Number(start); ; batch++) {
  facts.append(
    Array.from({ length: 20 }, (_, i) => factOf({ ids: { messageId: `${batch}.${i}` }, at: Date.now() })),
  );
  state.putMessages('job-1', [messageOf(batch, { outcome: 'sending' })]);
  state.recordIntent({
    id: `act-${batch}`,
    at: batch,
    by: 'x',
    kind: 'test',
    words: '',
    intent: null,
    href: null,
  });
  state.setOutcomes('job-1', [{ seq: batch, outcome: 'confirmed', reason: null, at: batch }]);
  writeSync(1, `${batch}\n`);
}
