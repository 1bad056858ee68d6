import { expect, it } from 'vitest';
import { parseOptions, partNames } from './options.ts';

it('measures everything unless told otherwise', () => {
  expect(parseOptions([], 'abc')).toEqual({
    parts: partNames,
    version: undefined,
    name: 'abc',
    messages: 200,
    writeReadme: false,
  });
});

it('keeps the order in which parts disturb each other least, however they are named', () => {
  expect(parseOptions(['--parts', 'http, memory'], 'abc')?.parts).toEqual(['memory', 'http']);
});

it('gives help', () => expect(parseOptions(['-h'], 'abc')).toBeNull());

it.each([
  [['--parts', 'speed'], 'There is no part speed'],
  [['--messages', '1'], '10 to 2000'],
  [['--name', '../x'], 'letters, digits'],
  [['--fast'], '--help'],
])('refuses %j in one line', (args, words) => expect(() => parseOptions(args, 'abc')).toThrow(words));
