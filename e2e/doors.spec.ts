/** Every door of the running application, by its table: who is refused, and how. */
import { request as http } from 'node:http';
import { routes } from '../app/api/_routes.ts';
import { expect, test } from './stage.ts';

const address = (path: string) => path.replace('[vhost]', '%2F').replace(/\[\w+\]/g, 'none');

/** fetch() may not set Host: a plain request may. */
function call(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((done, fail) => {
    const request = http(url, { method, headers }, (response) => {
      const finish = (text: string) =>
        done({ status: response.statusCode ?? 0, text, headers: response.headers });
      // The live stream does not end by itself: its head is what counts.
      if (response.headers['content-type']?.includes('event-stream')) {
        request.destroy();
        return finish('');
      }
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => finish(text));
    });
    request.on('error', (error) => (request.destroyed ? undefined : fail(error)));
    // A DELETE with a body is sent right only when its length is named.
    if (body !== undefined && headers['transfer-encoding'] === undefined)
      request.setHeader('content-length', Buffer.byteLength(body));
    request.end(body);
  });
}

const basic = `Basic ${Buffer.from('guest:guest').toString('base64')}`;

for (const route of routes) {
  const name = `${route.method} ${route.path}`;
  const write = route.method !== 'GET';
  /** Spans' door answers in the words of OTLP: 7 is PERMISSION_DENIED. */
  const refusal = (code: string) => ({ code: route.door === 'otlp' ? 7 : code });
  const own = (url: string): Record<string, string> =>
    write ? { origin: url, 'content-type': 'application/json' } : {};

  test(`${name} refuses a foreign host name`, async ({ stage }) => {
    const answer = await call(
      `${stage.url}${address(route.path)}`,
      route.method,
      { ...own(stage.url), host: 'evil.test', authorization: basic },
      write ? '{}' : undefined,
    );
    expect(answer.status).toBe(421);
    expect(JSON.parse(answer.text)).toMatchObject(refusal('host_refused'));
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  if (route.door === 'session')
    test(`${name} refuses a caller without a session`, async ({ stage }) => {
      const answer = await call(
        `${stage.url}${address(route.path)}`,
        route.method,
        own(stage.url),
        write ? '{}' : undefined,
      );
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'unauthenticated' });
      expect(answer.headers['www-authenticate']).toBeUndefined();
      const wrong = await call(
        `${stage.url}${address(route.path)}`,
        route.method,
        { ...own(stage.url), cookie: 'hoplight_session=wrong' },
        write ? '{}' : undefined,
      );
      expect(wrong.status).toBe(401);
    });

  if (write)
    for (const [what, origin] of [
      ['absent', undefined],
      ['null', 'null'],
      ['foreign', 'http://evil.test'],
      ['sibling', 'http://127.0.0.1:1'],
    ] as const) {
      if (what === 'absent' && route.door === 'otlp') continue; // exporters are no browsers and send none
      test(`${name} refuses an ${what} Origin, signed in or not`, async ({ stage }) => {
        const headers = {
          'content-type': 'application/json',
          authorization: basic,
          ...(origin ? { origin } : {}),
        };
        const answer = await call(`${stage.url}${address(route.path)}`, route.method, headers, '{}');
        expect(answer.status).toBe(403);
        expect(JSON.parse(answer.text)).toMatchObject(refusal('origin_refused'));
      });
    }

  if (write)
    test(`${name} takes JSON only`, async ({ stage }) => {
      const headers = { origin: stage.url, authorization: basic, 'content-type': 'text/plain' };
      const answer = await call(`${stage.url}${address(route.path)}`, route.method, headers, '{}');
      expect(answer.status).toBe(415);
    });

  if (route.body)
    test(`${name} says what is wrong with bad input`, async ({ stage }) => {
      const malformed = await stage.api(route.method, address(route.path), '{"a":');
      expect(malformed.status).toBe(400);
      expect(await malformed.json()).toMatchObject({ code: 'malformed_json' });
      const wrong = await stage.api(route.method, address(route.path), {
        nonsense: [1],
        __proto__: { a: 1 },
      });
      expect(wrong.status).toBe(400);
      expect(await wrong.json()).toMatchObject({ code: 'bad_input' });
    });
}

test('pages carry a fresh nonce and refuse a foreign host name', async ({ stage }) => {
  const nonces = new Set<string>();
  for (let i = 0; i < 2; i++) {
    const page = await call(`${stage.url}/sign-in`, 'GET', {
      'content-security-policy': "script-src 'unsafe-inline'",
    });
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/);
    nonces.add(/'nonce-(\w+)'/.exec(policy)?.[1] ?? '');
    for (const [, attributes] of page.text.matchAll(/<script([^>]*)>/g))
      expect(attributes).toContain('nonce=');
  }
  expect(nonces.size).toBe(2);
  for (const path of ['/', '/iconic', '/metrics-of-old'])
    expect((await call(`${stage.url}${path}`, 'GET', { host: 'evil.test' })).status).toBe(421);
});

test('an address that is no door, or cannot be decoded, is answered with a problem', async ({ stage }) => {
  for (const [path, status, code] of [
    ['/api', 404, 'not_found'],
    ['/api/nothing', 404, 'not_found'],
    ['/api/queues/one', 404, 'not_found'],
    ['/api/journeys/%zz', 400, 'bad_input'],
    ['/api/queues/%2F/%FF', 400, 'bad_input'],
    ['/journeys/%ED%A0%80', 400, 'bad_input'],
  ] as const) {
    const answer = await call(`${stage.url}${path}`, 'GET', { authorization: basic });
    expect([path, answer.status]).toEqual([path, status]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.text)).toMatchObject({ code, status });
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  }
});

test('a body that is too large is answered, its length announced or not, and the line stays', async ({
  stage,
}) => {
  const body = JSON.stringify({ vhost: 'x'.repeat(3_000_000) });
  const own = { origin: stage.url, 'content-type': 'application/json', authorization: basic };
  const ways: Record<string, string>[] = [{}, { 'transfer-encoding': 'chunked' }];
  for (const more of ways) {
    const answer = await call(`${stage.url}/api/tap`, 'POST', { ...own, ...more }, body);
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'too_large' });
    expect((await call(`${stage.url}/api/health/live`, 'GET', {})).status).toBe(200);
  }
});
