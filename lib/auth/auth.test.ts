import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import { readPattern } from './identity.ts';
import { checkHost, checkJson, checkOrigin, hostName } from './same-site.ts';
import { newToken, open, seal } from './seal.ts';
import { addressOf } from './session.ts';

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'ok';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'other';
  }
};

describe('a sealed password', () => {
  const secret = Buffer.alloc(32, 7);
  const token = newToken();
  const sealed = seal(secret, token, 'canary-Passw0rd');

  it('opens with its token and secret only', () => {
    expect(open(secret, token, sealed)).toBe('canary-Passw0rd');
    expect(open(secret, newToken(), sealed)).toBeNull();
    expect(open(Buffer.alloc(32, 8), token, sealed)).toBeNull();
  });

  it('does not open when any bit is changed', () => {
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Uint8Array.from(sealed);
      const at = bit >> 3;
      changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7));
      expect(open(secret, token, changed)).toBeNull();
    }
  });

  it('does not open for a token with a bit changed', () => {
    for (let i = 0; i < 1_000; i++) {
      const bytes = Buffer.from(token);
      bytes[i % bytes.length] = (bytes[i % bytes.length] ?? 0) ^ (1 << (i % 7));
      expect(open(secret, bytes.toString('latin1'), sealed)).toBeNull();
    }
  });

  it('holds no trace of the text', () => {
    expect(Buffer.from(sealed).toString('latin1')).not.toContain('canary');
  });
});

describe('the host and origin checks', () => {
  const headers = (h: Record<string, string>) => new Headers(h);

  it('reads host names with and without a port, and nothing else', () => {
    expect(hostName('localhost:3000')).toBe('localhost');
    expect(hostName('[::1]:3000')).toBe('[::1]');
    expect(hostName('EXAMPLE.org')).toBe('example.org');
    for (const odd of [null, '', 'a b', 'localhost:3000:1', 'evil.test/localhost', 'localhost@evil.test'])
      expect(hostName(odd)).toBeNull();
  });

  it('refuses a foreign host name, as DNS rebinding would bring', () => {
    expect(codeOf(() => checkHost(headers({ host: 'localhost:3000' }), ['localhost']))).toBe('ok');
    expect(codeOf(() => checkHost(headers({ host: 'evil.test' }), ['localhost']))).toBe('host_refused');
    expect(codeOf(() => checkHost(headers({}), ['localhost']))).toBe('host_refused');
  });

  it.each([
    ['absent', undefined, 'origin_refused'],
    ['null', 'null', 'origin_refused'],
    ['foreign', 'http://evil.test', 'origin_refused'],
    ['sibling', 'http://localhost:4000', 'origin_refused'],
    ['a prefix trick', 'http://localhost:3000.evil.test', 'origin_refused'],
    ['own', 'http://localhost:3000', 'ok'],
    ['own behind TLS', 'https://localhost:3000', 'ok'],
  ])('takes a write by Origin %s', (_what, origin, expected) => {
    expect(
      codeOf(() => checkOrigin(headers({ host: 'localhost:3000', ...(origin ? { origin } : {}) }))),
    ).toBe(expected);
  });

  it('takes writes as JSON only', () => {
    expect(codeOf(() => checkJson(headers({ 'content-type': 'application/json; charset=utf-8' })))).toBe(
      'ok',
    );
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])
      expect(codeOf(() => checkJson(headers(type ? { 'content-type': type } : {})))).toBe(
        'unsupported_media_type',
      );
  });
});

describe('guessing passwords', () => {
  const guess = (attempts: Attempts, user: string, password: string, address: string) =>
    codeOf(() => attempts.begin(user, password, address)('wrong'));

  it('has to wait after ten failures, and may try again when the window has passed', () => {
    let now = 0;
    const attempts = createAttempts(() => now, 10, 60_000);
    for (let i = 0; i < 10; i++) {
      expect(guess(attempts, 'guest', `p${i}`, 'x')).toBe('ok');
      now += 1_000;
    }
    expect(guess(attempts, 'guest', 'p', 'x')).toBe('too_many_requests');
    expect(guess(attempts, 'other', 'p', 'x')).toBe('ok');
    now += 60_000;
    expect(guess(attempts, 'guest', 'p', 'x')).toBe('ok');
  });

  it('counts tries that are not answered yet, the same password at once as one', () => {
    const attempts = createAttempts(() => 0, 10, 60_000);
    const same = Array.from({ length: 50 }, () => attempts.begin('script', 'right', 'x'));
    for (const end of same) end('right');
    const codes = Array.from({ length: 50 }, (_, i) => codeOf(() => attempts.begin('guest', `p${i}`, 'x')));
    expect(codes.filter((code) => code === 'ok')).toHaveLength(10);
  });

  it('is not helped by naming other addresses or other users', () => {
    const attempts = createAttempts(() => 0, 10, 60_000);
    const codes = Array.from({ length: 200 }, (_, i) => guess(attempts, 'guest', `p${i}`, `10.0.0.${i}`));
    expect(codes.filter((code) => code === 'ok')).toHaveLength(100);
    const spread = Array.from({ length: 200 }, (_, i) => guess(attempts, `user${i}`, 'p', 'x'));
    expect(spread.filter((code) => code === 'ok')).toHaveLength(100);
  });

  it('takes the address that the nearest proxy saw', () => {
    expect(addressOf(new Headers({ 'x-forwarded-for': '1.1.1.1, 10.0.0.7' }))).toBe('10.0.0.7');
    expect(addressOf(new Headers())).toBe('unknown');
  });
});

describe('the broker’s read pattern', () => {
  it('matches as the broker does, and what cannot be read matches nothing', () => {
    expect(readPattern('^a$').test('a')).toBe(true);
    expect(readPattern('^a$').test('ab')).toBe(false);
    expect(readPattern('.*').test('anything')).toBe(true);
    expect(readPattern('').test('')).toBe(false);
    expect(readPattern('(?<').test('x')).toBe(false);
  });
});

describe('settings', () => {
  it('take the service account from the AMQP address and keep it out of the management address', () => {
    const config = parseConfig({
      AMQP_URL: 'amqp://u:p%40ss@h:5673/%2Fteam',
      MANAGEMENT_URL: 'http://x:y@h:15673/',
    });
    expect(config.service).toEqual({ user: 'u', password: 'p@ss', vhost: '/team' });
    expect(config.managementUrl).toBe('http://h:15673');
    expect(config.tap.vhosts).toEqual(['/team']);
  });

  it('say in one line which one is wrong', () => {
    expect(() => parseConfig({ AMQP_URL: 'http://x' })).toThrow(/^AMQP_URL: must look like amqp:/);
    expect(() => parseConfig({ HOPLIGHT_POLL_MS: 'soon' })).toThrow(/^HOPLIGHT_POLL_MS: /);
  });

  it('sign in automatically on loopback only', () => {
    expect(parseConfig({ HOPLIGHT_AUTO_SIGN_IN: '1' }).autoSignIn).toBe(true);
    expect(parseConfig({ HOPLIGHT_AUTO_SIGN_IN: '1', HOPLIGHT_HOST: '0.0.0.0' }).autoSignIn).toBe(false);
  });
});
