/** Which address of MANAGEMENT_URL is asked when one hangs, and what is said when TLS fails. */
import { afterEach, expect, test, vi } from 'vitest';
import { createCall } from './http.ts';

afterEach(() => vi.unstubAllGlobals());

const to = (url: string) => createCall({ url, user: 'u', password: 's3cret' }, 10_000);

test('a node that hangs is not asked first again: it would take all the time that there is, each time', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string, { signal }: { signal: AbortSignal }) => {
    asked.push(new URL(url).host);
    if (!url.startsWith('http://hangs')) return Promise.resolve(new Response('{}'));
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  const call = to('http://hangs,http://well');
  const patience = new AbortController();
  const first = call('/api/overview', { signal: patience.signal });
  patience.abort(new Error('waited for long enough'));
  await expect(first).rejects.toThrow('waited for long enough');
  expect((await call('/api/overview')).status).toBe(200);
  expect(asked).toEqual(['hangs', 'well']);
});

test('a certificate that is not trusted is named, with what to do', async () => {
  const cause = Object.assign(new Error('self-signed'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed', { cause })));
  await expect(to('https://broker.example:15671')('/api/overview')).rejects.toMatchObject({
    code: 'management_unreachable',
    message: expect.stringContaining('https://broker.example:15671: it shows a certificate'),
    more: { next: expect.stringContaining('NODE_EXTRA_CA_CERTS') },
  });
});
