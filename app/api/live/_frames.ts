/**
 * Server-sent events as bytes, made once for all viewers, also where they are sent packed: a gzip stream may consist of
 * deflate blocks that were made by themselves, so that the packed form is shared as the plain one is.
 */
import { constants, crc32, deflateRawSync } from 'node:zlib';

export interface Frame {
  plain: Uint8Array;
  /** Deflate blocks that refer to nothing before them, none of them the last. */
  packed: () => Uint8Array;
}

/** Quick rather than small: ten thousand queues take milliseconds. */
const LEVEL = 2;
/** Ten bytes that begin every gzip stream (RFC 1952): deflate, no name, no time. */
const HEAD = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
/** An empty last block. */
const LAST = Uint8Array.of(3, 0);

export function frame(event: string, data: string): Frame {
  const plain = new TextEncoder().encode(`event: ${event}\ndata: ${data}\n\n`);
  let packed: Uint8Array | null = null;
  return {
    plain,
    packed: () => {
      packed ??= deflateRawSync(plain, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH });
      return packed;
    },
  };
}

/** How frames are written into one viewer's stream. */
export interface Writer {
  next(frame: Frame): Uint8Array;
  /** What closes the stream; null: nothing. */
  last(): Uint8Array | null;
}

export const plainly = (): Writer => ({ next: ({ plain }) => plain, last: () => null });

export function packing(): Writer {
  let sum = 0;
  let size = 0;
  return {
    next({ plain, packed }) {
      const begins = size === 0;
      sum = crc32(plain, sum);
      size += plain.byteLength;
      return begins ? Buffer.concat([HEAD, packed()]) : packed();
    },
    last() {
      if (size === 0) return null;
      const tail = Buffer.alloc(8);
      tail.writeUInt32LE(sum, 0);
      tail.writeUInt32LE(size % 2 ** 32, 4);
      return Buffer.concat([LAST, tail]);
    },
  };
}

/** Whether a viewer takes gzip, by its `Accept-Encoding`. */
export function takesGzip(accepts: string | null): boolean {
  return (accepts ?? '').split(',').some((one) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(one));
}
