import { expect, it } from 'vitest';
import { journeySummary } from '../../../lib/journey/status.ts';
import { emptySummary, foldSummary } from '../../../lib/journey/summary.ts';
import { type JourneyList, type JourneyQuery, journeyQuerySchema } from '../../../lib/model/api.ts';
import type { JourneySummary } from '../../../lib/model/journey.ts';
import { Story } from '../../../test/build-facts.ts';
import { createTail } from './_tail.ts';

const pattern = journeySummary(
  new Story().published(0, 'x', ['a']).facts.reduce(foldSummary, emptySummary('trace:1')),
);
const line = (id: string, lastAt: number, more: Partial<JourneySummary> = {}) => ({
  ...pattern,
  id,
  lastAt,
  ...more,
});

/** A list as the store gives it: newest first, `from`, pages by offset. */
function stage(more: Partial<JourneyQuery> = {}) {
  const rows = new Map<string, JourneySummary>();
  const asked: JourneyQuery[] = [];
  let now = 100_000;
  const list = (query: JourneyQuery): JourneyList => {
    asked.push(query);
    const fit = [...rows.values()]
      .filter((j) => j.lastAt >= (query.from ?? 0))
      .sort((a, b) => b.lastAt - a.lastAt);
    const start = Number(query.cursor ?? 0);
    const journeys = fit.slice(start, start + query.limit);
    const end = start + journeys.length;
    return { journeys, next: end < fit.length ? String(end) : null, searchedTo: null, note: null };
  };
  const tail = createTail({ query: { ...journeyQuerySchema.parse({}), ...more }, list, clock: () => now });
  return {
    asked,
    put: (...lines: JourneySummary[]) => lines.forEach((l) => void rows.set(l.id, l)),
    drop: (...ids: string[]) => ids.forEach((id) => void rows.delete(id)),
    pass: (ms: number) => {
      now += ms;
    },
    now: () => now,
    look: (due = false) => tail.look(due),
    ids: () => tail.look(false)?.journeys.map((j) => j.id) ?? null,
  };
}

it('tells the latest page first, then only what is new or changed', () => {
  const s = stage({ limit: 2 });
  s.put(line('a', 1), line('b', 2), line('c', 3));
  expect(s.ids()).toEqual(['c', 'b']);
  expect(s.ids()).toBeNull();
  s.pass(250);
  s.put(line('d', s.now() - 10));
  expect(s.ids()).toEqual(['d']);
  s.pass(250);
  s.put(line('d', s.now() - 260, { status: 'dead' }));
  expect(s.ids()).toEqual(['d']);
  expect(s.ids()).toBeNull();
});

it('tells what was committed late, and asks for no more than that', () => {
  const s = stage();
  s.ids();
  s.pass(1_000);
  s.put(line('late', s.now() - 1_500));
  expect(s.ids()).toEqual(['late']);
  expect(s.asked.at(-1)?.from).toBe(98_000);
});

it('never looks before the time that the viewer chose', () => {
  const s = stage({ from: 99_900 });
  s.ids();
  s.ids();
  expect(s.asked.map((q) => q.from)).toEqual([99_900, 99_900]);
});

it('sends the newest 200 of a flood and counts the rest', () => {
  const s = stage();
  s.ids();
  s.pass(250);
  s.put(...Array.from({ length: 450 }, (_, i) => line(`f${i}`, s.now() - 200 + i / 10)));
  expect(s.look()).toMatchObject({ journeys: { length: 200 }, skipped: 250, more: false });
  s.pass(250);
  s.put(...Array.from({ length: 1_500 }, (_, i) => line(`g${i}`, s.now() - 200 + i / 10)));
  expect(s.look()).toMatchObject({ journeys: { length: 200 }, skipped: 800, more: true });
});

it('says something when it is due, though nothing changed', () => {
  const s = stage();
  s.ids();
  expect(s.look(true)).toEqual({ at: s.now(), journeys: [], skipped: 0, more: false, note: null });
});

it('keeps no memory without end of journeys whose service has a clock that is ahead', () => {
  const s = stage();
  s.ids();
  const ahead = s.now() + 1_800_000;
  for (let look = 0; look < 30; look++) {
    s.pass(250);
    s.put(...Array.from({ length: 200 }, (_, i) => line(`${look}-${i}`, ahead + look)));
    s.ids();
  }
  // the first of them are forgotten: seen again they are told again
  s.put(...Array.from({ length: 200 }, (_, i) => line(`0-${i}`, ahead)));
  for (let look = 1; look < 30; look++) s.drop(...Array.from({ length: 200 }, (_, i) => `${look}-${i}`));
  s.pass(250);
  expect(s.look()?.journeys).toHaveLength(200);
});
