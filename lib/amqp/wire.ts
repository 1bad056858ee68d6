/** Bytes of AMQP 0-9-1 as RabbitMQ writes them: short strings, long strings, frames, and a reader that stops at its end. */

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
/** Type, channel and size before the payload, the end mark after it. */
export const FRAME_OVERHEAD = 8;

export function frame(type: number, channel: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type), uint16(channel), uint32(payload.length), payload, Buffer.of(0xce)]);
}

/** Reads forward through bytes that somebody else wrote; throws WireError instead of reading past the end. */
export class WireReader {
  readonly bytes: Buffer;
  at: number;
  readonly end: number;
  constructor(bytes: Buffer, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = Math.min(end, bytes.length);
  }
  get done(): boolean {
    return this.at >= this.end;
  }
  /** Moves over `length` bytes and returns where they begin. */
  take(length: number): number {
    const from = this.at;
    if (length > this.end - from) throw new WireError(`${length} bytes expected, ${this.end - from} left`);
    this.at = from + length;
    return from;
  }
  uint8(): number {
    return this.bytes.readUInt8(this.take(1));
  }
  uint16(): number {
    return this.bytes.readUInt16BE(this.take(2));
  }
  uint32(): number {
    return this.bytes.readUInt32BE(this.take(4));
  }
  slice(length: number): Buffer {
    const from = this.take(length);
    return this.bytes.subarray(from, from + length);
  }
  shortText(): string {
    return this.slice(this.uint8()).toString('utf8');
  }
}
