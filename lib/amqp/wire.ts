/** Bytes of AMQP 0-9-1 as RabbitMQ writes them: short strings, long strings, marks of frames. */

/** Tables nested deeper than this are neither read (shown as null) nor written: no sender needs it, and the stack ends. */
export const MAX_DEPTH = 32;
/** Longest short string (names, keys, most properties), in bytes of UTF-8. */
export const SHORT_STRING_BYTES = 255;

/** The input ended early or holds something that AMQP does not know. */
export class WireError extends RangeError {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}

/** `length` octet and the text. Throws WireError over 255 bytes: AMQP has no room for more. */
export function shortString(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > SHORT_STRING_BYTES) {
    throw new WireError(`${bytes.length} bytes of text where AMQP allows ${SHORT_STRING_BYTES}`);
  }
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

/** 4 bytes of length and the bytes. */
export function longString(bytes: Uint8Array): Buffer {
  return Buffer.concat([uint32(bytes.length), bytes]);
}

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export const FRAME_METHOD = 1;
export const FRAME_HEADER = 2;
export const FRAME_BODY = 3;
export const FRAME_END = 0xce;
/** Type, channel and size before the payload, the end mark after it. */
export const FRAME_OVERHEAD = 8;
