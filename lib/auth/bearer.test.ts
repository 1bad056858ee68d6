import { expect, test } from 'vitest';
import { checkBearer } from './bearer.ts';

const refused = (headers: Record<string, string>, token: string | null) => {
  try {
    checkBearer(new Headers(headers), token);
    return false;
  } catch {
    return true;
  }
};
const TOKEN = 'a-token-of-some-length';

test.each([
  ['this machine', { host: '127.0.0.1:3000', 'x-forwarded-for': '::ffff:127.0.0.1' }, false],
  ['this machine by name', { host: 'localhost:3000' }, false],
  ['another name', { host: 'hoplight.example', 'x-forwarded-for': '127.0.0.1' }, true],
  ['a proxy that rewrites the host', { host: '127.0.0.1:3000', 'x-forwarded-for': '203.0.113.9' }, true],
  ['a proxy behind a proxy', { host: '127.0.0.1', 'x-forwarded-for': '203.0.113.9, 127.0.0.1' }, true],
  ['a proxy of the newer kind', { host: '127.0.0.1', forwarded: 'for=203.0.113.9' }, true],
] as const)('without a token, a call of %s', (_, headers, isRefused) => {
  expect(refused(headers, null)).toBe(isRefused);
});

test('with a token nothing else counts', () => {
  const host = 'hoplight.example';
  expect(refused({ host, authorization: `Bearer ${TOKEN}` }, TOKEN)).toBe(false);
  expect(refused({ host, authorization: `bearer ${TOKEN}` }, TOKEN)).toBe(false);
  for (const authorization of ['', TOKEN, `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, 'Bearer'])
    expect(refused({ host: 'localhost', authorization }, TOKEN)).toBe(true);
});
