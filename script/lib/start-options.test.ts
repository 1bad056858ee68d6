/** Flags win over settings, settings over defaults. */
import { describe, expect, it } from 'vitest';
import { addressOf, readOptions } from './start-options.ts';

describe('the options of script/start', () => {
  it('are the defaults when nothing is said', () => {
    expect(readOptions([], {})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      amqp: undefined,
      demo: undefined,
    });
  });

  it('come from the settings, and from the flags before those', () => {
    const set = { PORT: '1', HOPLIGHT_PORT: '2', AMQP_URL: 'amqp://set', HOPLIGHT_DATA: '/set' };
    expect(readOptions([], set)).toMatchObject({ port: 2, amqp: 'amqp://set', data: '/set' });
    expect(readOptions(['--port', '3', '--amqp', 'amqp://flag', '--no-demo'], set)).toMatchObject({
      port: 3,
      amqp: 'amqp://flag',
      demo: false,
    });
  });

  it.each([['--port', '0'], ['--port', 'x'], ['--rate', '0'], ['--rate', '10001'], ['--nonsense']])(
    'refuse %s %s',
    (...args) => {
      expect(() => readOptions(args, {})).toThrow();
    },
  );
});

it('leads to an address of this machine when it listens on all', () => {
  const at = (host: string) => addressOf({ ...readOptions([], {}), host });
  expect(at('0.0.0.0')).toBe('http://127.0.0.1:3000');
  expect(at('::1')).toBe('http://[::1]:3000');
});
