import { expect, test } from 'vitest';
import { FrameCutter } from './fault-proxy.ts';

const frame = (payload: string) => {
  const head = Buffer.alloc(7);
  head.writeUInt8(1);
  head.writeUInt32BE(payload.length, 3);
  return Buffer.concat([head, Buffer.from(payload), Buffer.of(0xce)]);
};

test('gives whole frames, however the bytes come', () => {
  const frames = [Buffer.from('AMQP\0\0\x09\x01'), frame(''), frame('method'), frame('x'.repeat(300))];
  for (const size of [1, 2, 7, 8, 9, 1_000]) {
    const bytes = Buffer.concat(frames);
    const cutter = new FrameCutter(true);
    const got: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) got.push(...cutter.push(bytes.subarray(at, at + size)));
    expect(got, `in pieces of ${size}`).toEqual(frames);
  }
});
