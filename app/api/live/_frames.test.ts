import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { frame, packing, plainly, takesGzip } from './_frames.ts';

const frames = [
  frame('build', 'one'),
  frame('live', JSON.stringify({ a: 'é'.repeat(5_000) })),
  frame('change', '{}'),
];
const text = frames.map(({ plain }) => new TextDecoder().decode(plain)).join('');

describe('frames', () => {
  it('are events in plain', () => {
    expect(text).toMatch(/^event: build\ndata: one\n\nevent: live\ndata: \{/);
    expect(plainly().last()).toBeNull();
  });
  it('make one gzip stream, packed once for every viewer that begins anywhere among them', () => {
    for (const from of [0, 1]) {
      const writer = packing();
      const sent = frames.slice(from).map((one) => writer.next(one));
      const whole = gunzipSync(Buffer.concat([...sent, writer.last() ?? Buffer.alloc(0)]));
      expect(whole.toString()).toBe(text.slice(text.indexOf(from === 0 ? 'event: build' : 'event: live')));
    }
    expect(frames[2]?.packed()).toBe(frames[2]?.packed());
  });
});

it.each([
  ['gzip, deflate, br', true],
  ['br;q=1, gzip;q=0.8', true],
  ['gzip;q=0', false],
  ['gzip;q=0.0', false],
  ['identity', false],
  ['x-gzip', false],
  [null, false],
])('%s: %s', (accepts, takes) => expect(takesGzip(accepts)).toBe(takes));
