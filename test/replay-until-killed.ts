/**
 * A process that replays one queue and is killed at any moment by lib/replay/kill.broker.test.ts:
 * `node replay-until-killed.ts '{"broker":{…},"stateFile":"…","queue":"…"}'`. Started again, it resumes.
 * Writes a line each time that copies were confirmed, and `ended` at the end.
 */
import { isHoplightError } from '../lib/model/errors.ts';
import { KILLED_WINDOW, replayBench, until } from './with-replays.ts';

const {
  broker,
  stateFile,
  exportsDir,
  window = KILLED_WINDOW,
  ...request
} = JSON.parse(process.argv[2] ?? '{}');
const bench = await replayBench(broker, {
  stateFile,
  window,
  ...(exportsDir ? { exportsDir } : {}),
  record: (facts) => process.stdout.write(`confirmed ${facts.length}\n`),
});
const { replays, actor } = bench;
replays.recoverAfterStart();
const [left] = replays.list();

/** The broker needs a moment to see that the killed process is gone. */
async function begun(): Promise<string> {
  let id = '';
  await until(async () => {
    try {
      await bench.readBroker();
      id = (left ? await replays.resume(actor, left.id) : await replays.start(actor, bench.request(request)))
        .id;
      return true;
    } catch (error) {
      if (isHoplightError(error) && error.code === 'conflict') return false;
      throw error;
    }
  });
  return id;
}

if (left?.state === 'done') process.stdout.write('ended\n');
else {
  await bench.ended(await begun());
  process.stdout.write('ended\n');
}
await bench.close();
