/** What a network does to a connection, for test/fault-proxy.ts. `after`: so many whole frames pass unharmed first. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Toxic } from './fault-proxy.ts';

/** The connection ends after so many frames, both ways; `mid`: in the middle of the next one. */
export const cutAfter =
  (after: number, mid = false): Toxic =>
  async (frame, out, index) => {
    if (index < after) await out.write(frame);
    else if (mid) await out.write(frame.subarray(0, Math.ceil(frame.length / 2)));
    if (index + (mid ? 0 : 1) >= after) out.cut();
  };

/** Everything later by `ms`, and by up to `jitterMs` more; in its order, at full width. */
export function latency(ms: number, jitterMs = 0): Toxic {
  let last = 0;
  let chain = Promise.resolve();
  return (frame, out) => {
    last = Math.max(last, performance.now() + ms + Math.random() * jitterMs);
    const due = last;
    chain = chain.then(() => delay(Math.max(0, due - performance.now()))).then(() => out.write(frame));
  };
}

export const bandwidth =
  (bytesPerSecond: number): Toxic =>
  async (frame, out) => {
    await delay((frame.length * 1_000) / bytesPerSecond);
    await out.write(frame);
  };

/** In pieces of `bytes`, each in a packet of its own as far as the kernel lets it. */
export const slicer =
  (bytes: number): Toxic =>
  async (frame, out) => {
    for (let at = 0; at < frame.length; at += bytes) {
      await out.write(frame.subarray(at, at + bytes));
      await new Promise((done) => setImmediate(done));
    }
  };

/** Then nothing comes through any more, and nobody is told. */
export const blackHole =
  (after: number): Toxic =>
  (frame, out, index) => {
    if (index < after) return out.write(frame);
  };

export const reset =
  (after: number): Toxic =>
  (frame, out, index) => {
    if (index < after) return out.write(frame);
    out.cut('reset');
  };

/** Then this direction is over (FIN), while the other one goes on. */
export const halfClose =
  (after: number): Toxic =>
  (frame, out, index) => {
    if (index < after) return out.write(frame);
    if (index === after) out.end();
  };

/** Ends after so many bytes, wherever that is. */
export function limitData(bytes: number): Toxic {
  let left = bytes;
  return async (frame, out) => {
    if (left <= 0) return;
    await out.write(frame.subarray(0, left));
    left -= frame.length;
    if (left <= 0) out.cut();
  };
}
