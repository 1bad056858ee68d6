import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const answers: Response[] = [];

beforeEach(() => {
  vi.resetModules(); // the build is read once
  vi.stubEnv('HOPLIGHT_BUILD', 'one');
  vi.stubGlobal('fetch', async () => answers.shift() ?? Promise.reject(new TypeError('no network')));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  answers.length = 0;
});

async function ask(answer: Response | null, method: 'GET' | 'POST' = 'GET') {
  if (answer) answers.push(answer);
  const { call, problemOf } = await import('./api.ts');
  return call<{ n: number }>('/api/x?y=1', { method }).then(
    (value) => ({ value, problem: null }),
    (error: unknown) => ({ value: null, problem: problemOf(error) }),
  );
}

const json = (value: unknown, headers: Record<string, string> = {}, status = 200) =>
  new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });

describe('call', () => {
  test('gives the answer of a server of the same build, or of one that does not say', async () => {
    expect((await ask(json({ n: 1 }, { 'x-hoplight-build': 'one' }))).value).toEqual({ n: 1 });
    expect((await ask(json({ n: 2 }))).value).toEqual({ n: 2 });
  });

  test('says that the page is old, and of a write that it was done', async () => {
    const read = await ask(json({ n: 1 }, { 'x-hoplight-build': 'two' }));
    expect(read.problem).toMatchObject({
      code: 'page_outdated',
      detail: 'This page is older than the server: load it again',
    });
    const written = await ask(json({ n: 1 }, { 'x-hoplight-build': 'two' }), 'POST');
    expect(written.problem?.notDone).toMatch(/^It was done/);
  });

  test('passes the problem on, whatever the build', async () => {
    const problem = { type: 't', title: 'No', status: 409, code: 'conflict', detail: 'There is one already' };
    const { problem: told } = await ask(json(problem, { 'x-hoplight-build': 'two' }, 409));
    expect(told).toEqual(problem);
  });

  test('a 204 is true', async () => {
    expect((await ask(new Response(null, { status: 204 }))).value).toBe(true);
  });

  test('an answer that is no JSON, or that breaks off, is a problem in words', async () => {
    const page = new Response('<p>Sign in to the hotel’s network', {
      headers: { 'content-type': 'text/html' },
    });
    const broken = new Response('{"n":', { headers: { 'content-type': 'application/json' } });
    const empty = new Response('', { headers: { 'content-type': 'application/json' } });
    for (const answer of [page, broken, empty])
      expect((await ask(answer)).problem).toMatchObject({
        code: 'not_understood',
        detail: expect.stringContaining('/api/x is not JSON'),
      });
    const unexplained = new Response('<h1>Bad gateway', { status: 502 });
    expect((await ask(unexplained)).problem).toMatchObject({ status: 502, code: 'internal' });
    expect((await ask(json({ error: 'x' }, {}, 500))).problem?.code).toBe('internal');
    expect((await ask(null)).problem).toMatchObject({ status: 0, code: 'unreachable' });
  });
});
