import { describe, expect, test } from 'vitest';
import { replayRequestSchema } from '@/lib/model/replay.ts';
import { DEFAULT_WINDOW } from '@/lib/replay/deps.ts';
import { AT, aJob, aPlan, someCounts } from '../../../../test/build-replay.ts';
import { deathWords, selectionOf, WINDOW } from '../../_parts/replay-outcomes.ts';
import { endWords, tilesOf } from './job-words.ts';
import { rateSeries } from './rate-series.ts';
import { marksOf, signOf } from './step-words.ts';

const request = (more: object) => replayRequestSchema.parse({ vhost: '/', queue: 'billing.dead', ...more });

describe('what was selected', () => {
  const of = (select: object, selected = 1_102) =>
    selectionOf({ request: request({ select }), plan: aPlan({ selected }) });
  test('a cause by its error, else by its reason', () => {
    expect(of({ kind: 'causes', keys: ['["billing","rejected","timeout calling psp"]'] })).toEqual([
      'cause',
      'timeout calling psp',
    ]);
    expect(of({ kind: 'causes', keys: ['["billing","expired",null]'] })).toEqual([
      'cause',
      'expired in billing',
    ]);
    expect(of({ kind: 'causes', keys: ['[', '[]'] })).toEqual(['2 causes', null]);
    expect(of({ kind: 'causes', keys: ['['] })).toEqual(['cause', '[']);
  });
  test('a filter as it is typed', () =>
    expect(of({ kind: 'filter', filter: { origin: 'billing' } })).toEqual(['filter', 'origin=billing']));
  test('one message', () => expect(of({ kind: 'messages', ids: ['a.0'] }, 1)).toEqual(['one message', null]));
});

describe('what it came to', () => {
  test('nothing while it may still send', () => expect(endWords(aJob({ state: 'paused' }), AT)).toBeNull());
  test('each outcome that there is', () => {
    const counts = someCounts({ settled: 1_099, diedAgain: 2, skipped: 1 });
    expect(endWords(aJob({ state: 'done', counts }), AT)).toBe(
      'Of 1,102 messages: 1,099 settled; 2 died again; 1 stayed.',
    );
  });
  test('until when copies are followed', () =>
    expect(endWords(aJob({ state: 'following', followUntil: AT }), AT)).toMatch(
      /^All sent\. The copies are followed until \d\d:\d\d:14\.$/,
    ));
});

test.each(['replay', 'move', 'delete'] as const)('the tiles of a %s add up to all', (act) => {
  const counts = someCounts({
    selected: 28,
    waiting: 1,
    sending: 2,
    ...(act === 'delete' ? { deleted: 7 } : { confirmed: 3, delivered: 4 }),
    ...(act === 'replay' ? { settled: 5, diedAgain: 6 } : {}),
    ...(act === 'delete' ? {} : { returned: 1 }),
    skipped: 2,
    unknown: 4,
  });
  const sum = Object.entries(counts)
    .filter(([name]) => name !== 'selected' && name !== 'possiblyDuplicated')
    .reduce((n, [, v]) => n + v, 0);
  const job = aJob({
    counts,
    request: request(act === 'move' ? { act, target: { kind: 'queue', queue: 'q' } } : { act }),
  });
  expect(tilesOf(job).reduce((n, tile) => n + tile.value, 0)).toBe(sum);
});

test('steps have signs', () => {
  expect(signOf('Selection frozen: 1,102 messages of 1,240')).toBe('published');
  expect(signOf('Canary settled after 4.9 s')).toBe('settled');
  expect(signOf('Canary died again: timeout calling psp')).toBe('dead');
  expect(
    signOf(
      'Canary delivered and not died again within 30 s; no spans come from mail, so settled is not known',
    ),
  ).toBe('delivered');
  expect(signOf('Braked: 5 died again')).toBe('waiting');
  expect(signOf('Paused by anna')).toBe('waiting');
  expect(signOf('Went on at 20/s')).toBe('replayed');
});

test('marks keep their distance', () => {
  const step = (s: number, words: string) => ({ at: AT + s * 1_000, words });
  const steps = [
    step(0, 'Selection frozen: 1,102 messages'),
    step(5, 'Canary settled after 4.9 s'),
    step(6, 'Paused by anna'),
    step(60, 'Paused by the brake: 5 copies died again'),
  ];
  expect(marksOf(steps, AT, AT + 100_000)).toEqual([
    { at: AT + 5_000, label: 'canary settled after 4.9 s' },
    { at: AT + 6_000, label: '' },
    { at: AT + 60_000, label: 'paused by the brake' },
  ]);
});

test('the rate leaves out the slice that is not full yet', () => {
  const slice = (i: number, confirmed: number) => ({
    at: AT + i * 2_000,
    confirmed,
    settled: 0,
    diedAgain: 0,
  });
  const progress = { sliceMs: 2_000, slices: [slice(0, 40), slice(1, 40), slice(2, 3)] };
  expect(rateSeries(progress, true).sent).toEqual([20, 20]);
  expect(rateSeries(progress, false).sent).toEqual([20, 20, 1.5]);
});

test("the broker's reasons as people say them", () => {
  expect(deathWords('delivery_limit: TypeError: no amount')).toBe('delivery limit: TypeError: no amount');
  expect(deathWords('maxlen')).toBe('queue was full');
  expect(deathWords('rejected: timeout calling psp')).toBe('rejected: timeout calling psp');
});

test('what pages say of the window is what the engine keeps', () => expect(WINDOW).toBe(DEFAULT_WINDOW));
