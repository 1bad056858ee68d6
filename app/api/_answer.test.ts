import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readBody } from './_answer.ts';

const anything = z.object({ headers: z.record(z.string(), z.string()) }).strict();
const asked = (body: BodyInit, more: RequestInit & { duplex?: 'half' } = {}) =>
  new Request('http://localhost/', { method: 'POST', body, ...more });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

describe('a body', () => {
  test('with a field named __proto__ is refused, however it is written, and not taken without it', async () => {
    for (const name of ['__proto__', '\\u005f_proto__', '__pr\\u006Fto__'])
      expect(await codeOf(readBody(asked(`{"headers":{"${name}":"x"}}`), anything))).toBe('bad_input');
    const other = readBody(asked('{"headers":{"constructor":"__proto__","a":"\\u0041"}}'), anything);
    expect(Object.entries((await other).headers)).toEqual([
      ['constructor', '__proto__'],
      ['a', 'A'],
    ]);
  });

  test('that is too large is read to its end and not cut off, so that its sender can read the answer', async () => {
    let sent = 0;
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ < 50) controller.enqueue(new Uint8Array(100));
        else controller.close();
      },
      cancel() {
        cancelled = true;
      },
    });
    expect(await codeOf(readBody(asked(body, { duplex: 'half' }), anything, 1_000))).toBe('too_large');
    expect([sent, cancelled]).toEqual([51, false]);
  });

  test('of exactly the limit is taken, of one byte more not', async () => {
    const text = '{"headers":{}}';
    expect(await codeOf(readBody(asked(text), anything, text.length))).toBe('ok');
    expect(await codeOf(readBody(asked(text), anything, text.length - 1))).toBe('too_large');
  });
});
