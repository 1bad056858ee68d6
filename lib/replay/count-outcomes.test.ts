import { expect, test } from 'vitest';
import { jobOf, messageOf } from '../store/journal-samples.ts';
import { countingOutcomes } from './count-outcomes.ts';

test('each outcome that a message reaches is counted with the act of its job, what is under way is not', () => {
  const counted: string[] = [];
  const written: string[] = [];
  const real: Parameters<typeof countingOutcomes>[0] = {
    getJob: () => jobOf(),
    putMessages: () => void written.push('put'),
    setOutcomes: () => void written.push('set'),
    writeJournal: () => void written.push('journal'),
    noteCopies: (changes) => changes.slice(0, 1),
  };
  const state = countingOutcomes(real, (act, outcome, n) => counted.push(`${act} ${outcome} ${n}`));
  state.putMessages('job-1', [messageOf(0), messageOf(1, { outcome: 'skipped' })]);
  state.writeJournal(
    'job-1',
    [messageOf(2, { outcome: 'sending' })],
    [messageOf(0, { outcome: 'confirmed' }), messageOf(3, { outcome: 'confirmed' })],
  );
  state.setOutcomes('job-1', [{ seq: 4, outcome: 'returned', reason: '312', at: 1 }]);
  const copy = { replayId: 'job-1.0', reason: null, at: 1 };
  expect(
    state.noteCopies([
      { ...copy, outcome: 'settled' },
      { ...copy, replayId: 'job-1.1', outcome: 'settled' },
    ]),
  ).toHaveLength(1);
  expect(counted).toEqual([
    'replay skipped 1',
    'replay confirmed 2',
    'replay returned 1',
    'replay settled 1',
  ]);
  expect(written).toEqual(['put', 'journal', 'set']);
});
