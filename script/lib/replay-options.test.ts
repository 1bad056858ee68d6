import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { replayRequestSchema } from '../../lib/model/replay.ts';
import { readCommand } from './replay-options.ts';

const env = { HOPLIGHT_USER: 'anna', HOPLIGHT_PASSWORD: 'secret' };
const dir = mkdtempSync(join(tmpdir(), 'hoplight-options-'));
afterAll(() => rmSync(dir, { recursive: true }));

const request = (...args: string[]) => {
  const command = readCommand(['--queue', 'dead', ...args], env);
  if (command.verb !== 'replay') throw new Error(command.verb);
  return command.request;
};

describe('the flags of script/replay', () => {
  it('ask for a whole queue, back to where its messages died, unless told otherwise', () => {
    expect(readCommand(['--queue', 'dead'], env)).toEqual({
      verb: 'replay',
      request: replayRequestSchema.parse({ vhost: '/', queue: 'dead' }),
      wait: null,
      key: null,
      json: false,
      access: { url: 'http://127.0.0.1:3000', user: 'anna', password: 'secret' },
    });
  });

  it('choose messages by filter, cause or ID', () => {
    const cause = '["billing","rejected","a, b"]';
    expect(request('--cause', cause, '--cause', 'k2').select).toEqual({
      kind: 'causes',
      keys: [cause, 'k2'],
    });
    expect(request('--id', 'a.0,b.1', '--id', 'c.0').select).toEqual({
      kind: 'messages',
      ids: ['a.0', 'b.1', 'c.0'],
    });
    expect(request('--where', 'header.x-tenant=acme reason=rejected', '--cause', cause).select).toEqual({
      kind: 'filter',
      filter: { headers: [{ name: 'x-tenant', value: 'acme' }], reason: 'rejected', causes: [cause] },
    });
  });

  it('choose a target, also of a name with colons', () => {
    expect(request('--to', 'queue:a:b', '--act', 'move')).toMatchObject({
      act: 'move',
      target: { kind: 'queue', queue: 'a:b' },
    });
    expect(request('--to', 'exchange:orders', '--routing-key', 'k').target).toEqual({
      kind: 'exchange',
      exchange: 'orders',
      routingKey: 'k',
    });
    expect(request('--to', 'exchange:').target).toEqual({ kind: 'exchange', exchange: '' });
  });

  it('set canary, brake, rate and consent', () => {
    expect(
      request(
        '--canary',
        '3',
        '--canary-wait',
        '9',
        '--canary-stop',
        '--brake-died-again',
        '5',
        '--rate',
        '0.5',
      ),
    ).toMatchObject({
      canary: { messages: 3, waitSeconds: 9, goOn: false },
      brake: { diedAgain: 5 },
      rate: 0.5,
    });
    expect(request('--consent', 'lives,drop_head', '--consent', 'x').consent).toEqual([
      'lives',
      'drop_head',
      'x',
    ]);
  });

  it('read the password from a file, before the environment', () => {
    const file = join(dir, 'password');
    writeFileSync(file, 'of file\nsecond line\n');
    expect(readCommand(['list', '--password-file', file], env)).toMatchObject({
      access: { password: 'of file' },
    });
  });

  it('wait as asked', () => {
    const args = ['--queue', 'q', '--wait', '--timeout', '90', '--require', 'settled', '--receipt', 'r.csv'];
    expect(readCommand(args, env)).toMatchObject({
      wait: { timeout: 90, require: 'settled', receipt: 'r.csv' },
    });
    expect(readCommand(['resume', 'abc', '--wait'], env)).toMatchObject({ verb: 'resume', id: 'abc' });
  });

  it.each([
    [[], '--queue is missing'],
    [['--queue', 'q', '--rate', 'fast'], '--rate wants a number'],
    [['--queue', 'q', '--rate', '0'], '--rate'],
    [['--queue', 'q', '--canary', '0'], '--canary'],
    [['--queue', 'q', '--canary-stop'], 'go with --canary'],
    [['--queue', 'q', '--where', 'header.'], '--where'],
    [['--queue', 'q', '--id', 'a', '--cause', 'b'], 'without --cause'],
    [['--queue', 'q', '--to', 'billing'], '--to wants'],
    [['--queue', 'q', '--to', 'queue:'], '--to wants'],
    [['--queue', 'q', '--routing-key', 'k'], 'goes with --to exchange'],
    [['--queue', 'q', '--act', 'move'], '--to'],
    [['--queue', 'q', '--act', 'purge'], '--act'],
    [['--queue', 'q', '--dry-run', '--wait'], 'sends nothing'],
    [['--queue', 'q', '--receipt', 'f'], 'goes with --wait'],
    [['--queue', 'q', '--wait', '--require', 'luck'], '--require wants'],
    [['--queue', 'q', '--password', 'x'], 'password'],
    [['purge'], 'There is no purge'],
    [['status'], 'wants the ID'],
    [['--queue', 'q', '--url', 'localhost:3000'], 'no http address'],
  ])('refuse %j', (args, words) => {
    expect(() => readCommand(args, env)).toThrow(words);
  });

  it('need a user and a password', () => {
    expect(() => readCommand(['list'], {})).toThrow('--user');
    expect(() => readCommand(['list', '--user', 'a'], {})).toThrow('password');
    expect(readCommand(['--help'], {})).toEqual({ verb: 'help' });
  });
});
