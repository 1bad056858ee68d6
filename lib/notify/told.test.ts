/**
 * Time runs to the right, 10 s a column; a letter is what is due in that column.
 *   #  the problem is seen, D as dead     .  it is not seen     ?  the broker cannot be read
 *   o  told as opened                     l  as lasting         r  as resolved
 */
import { expect, test } from 'vitest';
import type { Problem } from '../model/notification.ts';
import { arrived, begun, due, type Memory, MOST_AN_HOUR, observed, remembered, waiting } from './told.ts';

const STEP_MS = 10_000;
const T0 = 1_700_000_000_000;

function problem(key: string, more: Partial<Problem> = {}): Problem {
  const level = key.startsWith('D') ? 'dead' : 'warn';
  return {
    key,
    code: 'growing',
    level,
    vhost: '/',
    queue: key,
    words: '',
    figure: '',
    since: null,
    symptoms: [],
    ...more,
  };
}

/** Draws what is told of each of the drawn problems; every letter arrives at once. */
function timeline(drawn: Record<string, string>, o: { repeatMs?: number; from?: Memory; at?: number } = {}) {
  let memory = o.from ?? remembered([]);
  const told: Record<string, string> = Object.fromEntries(Object.keys(drawn).map((key) => [key, '']));
  const columns = Math.max(...Object.values(drawn).map((line) => line.length));
  let letters = 0;
  for (let i = 0; i < columns; i++) {
    const now = (o.at ?? T0) + i * STEP_MS;
    const blind = Object.values(drawn).some((line) => line[i] === '?');
    const seen = Object.entries(drawn).flatMap(([key, line]) =>
      line[i] === '#' ? [problem(key)] : line[i] === 'D' ? [problem(key, { level: 'dead' })] : [],
    );
    memory = observed(memory, seen, blind, now);
    const draft = due(memory, now, o.repeatMs ?? 0);
    if (draft) {
      letters++;
      memory = arrived(begun(memory, now), draft, now).memory;
    }
    for (const key of Object.keys(told))
      told[key] += draft?.opened.some((p) => p.key === key)
        ? 'o'
        : draft?.lasting.some((p) => p.key === key)
          ? 'l'
          : draft?.resolved.some((r) => r.problem.key === key)
            ? 'r'
            : ' ';
  }
  return { told, letters, memory };
}

test('a problem is told when it lasted, and its end when it stayed away', () => {
  const { told } = timeline({ a: '########.........' });
  expect(told).toEqual({ /*      */ a: '    o          r ' });
});

test('what comes and goes within the hold is never told', () => {
  const { told, memory } = timeline({ a: '###.............' });
  expect(told).toEqual({ /*              */ a: '                ' });
  expect(memory.known.size).toBe(0);
});

test('what flickers is told once, and is over once', () => {
  const { told } = timeline({ a: '##.##.##.##.##..........' });
  expect(told).toEqual({ /*      */ a: '    o                r  ' });
});

test('what comes together is one letter, and what is over together too', () => {
  const { told, letters } = timeline({ a: '#######...........', b: '.######...........' });
  expect(told).toEqual({ /*               */ a: '    o         r   ', b: '    o         r   ' });
  expect(letters).toBe(2);
});

test('what lasts is told again after the repeat time, all of it together', () => {
  const drawn = { a: '#'.repeat(30), b: `......${'#'.repeat(24)}` };
  const { told } = timeline(drawn, { repeatMs: 100_000 });
  expect(told).toEqual({
    a: '    o          l          l   ',
    b: '          o    l          l   ',
  });
  expect(timeline(drawn, { repeatMs: 0 }).letters).toBe(2);
});

test('what becomes dead is told again, what becomes better is not', () => {
  const { told } = timeline({ a: '######DDDDDD######' });
  expect(told).toEqual({ /*      */ a: '    o     o       ' });
});

test('while the broker cannot be read nothing is over, and nothing begins', () => {
  const { told } = timeline({ a: '######??????????######', b: '.....#??????????.......' });
  expect(told.a).toBe('    o                 '.padEnd(23));
  expect(told.b?.trim()).toBe('');
});

test('that the broker is away is told in the middle of it', () => {
  let memory = observed(remembered([]), [], false, T0);
  const away = problem('broker_away', { code: 'broker_away', level: 'dead', vhost: '', queue: '' });
  memory = observed(memory, [away], true, T0 + 1_000);
  expect(due(memory, T0 + 41_000, 0)?.opened).toEqual([away]);
});

test('what is said under its cause is neither over nor repeated', () => {
  const cause = (queue: string) => problem('D', { symptoms: [{ vhost: '/', queue, words: 'grows' }] });
  const run = (folded: string) => {
    const { memory } = timeline({ a: '#####' });
    return due(observed(memory, [cause(folded)], false, T0 + 60_000), T0 + 600_000, 120_000);
  };
  expect(run('a')).toMatchObject({ opened: [{ key: 'D' }], lasting: [], resolved: [] });
  expect(run('other')).toMatchObject({ resolved: [{ problem: { key: 'a' } }] });
  // and what was not told before is told under its cause alone
  const { memory } = timeline({ a: '##' });
  const after = observed(memory, [cause('a')], false, T0 + 20_000);
  expect(due(after, T0 + 70_000, 0)?.opened.map((p) => p.key)).toEqual(['D']);
});

test('after a restart nothing is told again, and nothing is over before the rules have seen enough', () => {
  const told = [{ problem: problem('a'), firstAt: T0, at: T0 }];
  const again = timeline({ a: '#'.repeat(20) }, { from: remembered(told), at: T0 + 60_000 });
  expect(again.letters).toBe(0);
  const late = timeline({ a: `${'.'.repeat(30)}${'#'.repeat(20)}` }, { from: remembered(told) });
  expect(late.letters).toBe(0);
  const over = timeline({ a: '.'.repeat(70) }, { from: remembered(told) });
  expect(over.told.a?.indexOf('r')).toBe(61);
});

test('what is to be repeated after a restart is repeated together', () => {
  const told = ['a', 'b'].map((key) => ({ problem: problem(key), firstAt: T0, at: T0 }));
  const again = { from: remembered(told), at: T0 + 600_000, repeatMs: 120_000 };
  const { told: letters } = timeline({ a: '..####', b: '...###' }, again);
  expect(letters).toEqual({ /*       */ a: '   l  ', b: '   l  ' });
});

test('a problem that ends while its letter is on its way is told to be over, in this order', () => {
  let memory = observed(remembered([]), [problem('a')], false, T0);
  const first = due(memory, T0 + 40_000, 0);
  if (!first) throw new Error('nothing is due');
  memory = observed(memory, [], false, T0 + 50_000);
  memory = observed(memory, [], false, T0 + 200_000); // forgotten, since it was not told when it went
  const after = arrived(memory, first, T0 + 200_000);
  expect(after.told).toEqual([{ problem: problem('a'), firstAt: T0 + 200_000, at: T0 + 200_000 }]);
  expect(due(after.memory, T0 + 270_000, 0)?.resolved).toHaveLength(1);
});

test('one that comes back while its end is on its way is told anew', () => {
  let { memory } = timeline({ a: '#####.......' });
  const end = due(memory, T0 + 130_000, 0);
  expect(end?.resolved).toHaveLength(1);
  if (!end) return;
  memory = observed(memory, [problem('a')], false, T0 + 131_000);
  const after = arrived(memory, end, T0 + 132_000);
  expect(after.over).toEqual(['a']);
  expect(due(after.memory, T0 + 180_000, 0)?.opened).toHaveLength(1);
});

test('more letters an hour than the limit wait, and go in one', () => {
  let memory = remembered([]);
  const at = (i: number) => T0 + i * 60_000;
  let seen: Problem[] = [];
  let letters = 0;
  for (let i = 0; i < 50; i++) {
    seen = [...seen, problem(`p${i}`)];
    memory = observed(memory, seen, false, at(i));
    const now = at(i) + 45_000;
    const draft = due(memory, now, 0);
    if (!draft) continue;
    letters++;
    memory = arrived(begun(memory, now), draft, now).memory;
  }
  expect(letters).toBe(MOST_AN_HOUR);
  expect(waiting(memory, at(50), 0)).toBe(50 - MOST_AN_HOUR);
  expect(due(memory, at(60) + 46_000, 0)?.opened).toHaveLength(50 - MOST_AN_HOUR);
});

test('a clock that is set back by a day holds nothing up', () => {
  //  a  told    b  seen for a moment    ◀── a day back
  const before = timeline({ a: '##########', b: '         #' });
  const o = { repeatMs: 120_000, from: before.memory, at: T0 - 86_400_000 };
  const after = timeline({ a: '################', b: '#####           ' }, o);
  expect(after.told.b).toBe('    o       r   ');
  expect(after.told.a).toContain('l');
});
