import { expect, it } from 'vitest';
import type { Hold } from '../model/replay.ts';
import { Holds } from './holds.ts';
import { Journal } from './journal.ts';

const hold = (by: Hold['by']): Hold => ({ by, words: by, at: 0, goesOn: by === 'brake' });

it('a brake that is over lets nobody else’s hold go', async () => {
  const steps: string[] = [];
  const state = {
    writeJournal: () => {},
    addJobStep: (_: string, step: { words: string }) => void steps.push(step.words),
    updateJob: () => {},
  };
  const clock = () => 0;
  const journal = new Journal(state, 'j', clock, { written: () => {}, failed: () => {} });
  const holds = new Holds({ state, clock, backOffMs: 1 }, 'j', journal);
  holds.put(hold('brake'));
  holds.put(hold('user'));
  holds.put(hold('brake'));
  const rest = holds.rest(
    () => true,
    () => false,
  );
  await holds.resting();
  holds.lift('went on', 'brake');
  expect(holds.stops(0)).toBe(true);
  holds.lift('resumed');
  await rest;
  expect(steps).toEqual(['Paused: user', 'resumed']);
});

for (const by of ['canary', 'order'] as const)
  it(`a brake that comes and goes does not let go what waits for somebody: ${by}`, async () => {
    const state = { writeJournal: () => {}, addJobStep: () => {}, updateJob: () => {} };
    const clock = () => 0;
    const journal = new Journal(state, 'j', clock, { written: () => {}, failed: () => {} });
    const holds = new Holds({ state, clock, backOffMs: 1 }, 'j', journal);
    holds.put(hold(by));
    holds.put(hold('brake'));
    holds.lift('went on', 'brake');
    expect(holds.stops(0)).toBe(true);
    holds.lift('resumed');
    expect(holds.stops(0)).toBe(false);
  });
