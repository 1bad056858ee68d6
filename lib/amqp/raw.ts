/**
 * Two hooks on amqplib 2.3.1 that give the exact property bytes of each message read and let them be published as they
 * are. They touch internals of its inner connection (recvFrame, rest, channels, sendContent, frameMax) and its confirm
 * channel (pushConfirmCallback): the version is pinned, the shapes are checked here, and properties.broker.test.ts
 * guards the round trip. Confirms, back pressure and heartbeats stay amqplib's own.
 */
import type { Channel, ChannelModel } from 'amqplib';
import {
  FRAME_BODY,
  FRAME_END,
  FRAME_HEADER,
  FRAME_METHOD,
  FRAME_OVERHEAD,
  SHORT_STRING_BYTES,
  WireError,
} from './wire.ts';

const CLASS_BASIC = 60;
const METHOD_PUBLISH = 40;
/** Class, method, a reserved short, two lengths of names, and the flags. */
const PUBLISH_BYTES = 9;
/** Class, weight and body size before the property bytes in a content header frame. */
const CONTENT_HEADER_BYTES = 12;
/** Type, channel and size before a frame's payload. */
const FRAME_HEAD_BYTES = 7;

interface Frame {
  size?: number;
  fields?: object;
}
interface InnerConnection {
  rest: Buffer;
  recvFrame: (this: InnerConnection) => Frame | false;
  frameMax: number;
  sentSinceLastCheck: boolean;
  channels: ({ channel: unknown; buffer: { write(bytes: Buffer): boolean } } | null | undefined)[];
  sendContent(channel: number, body: Buffer): boolean;
}

function isInner(value: unknown): value is InnerConnection {
  return (
    typeof value === 'object' &&
    value !== null &&
    'rest' in value &&
    Buffer.isBuffer(value.rest) &&
    'recvFrame' in value &&
    typeof value.recvFrame === 'function' &&
    'sendContent' in value &&
    typeof value.sendContent === 'function' &&
    'channels' in value &&
    Array.isArray(value.channels) &&
    'frameMax' in value
  );
}

function inner(connection: unknown): InnerConnection {
  if (!isInner(connection))
    throw new TypeError('this amqplib keeps its connection in another shape than 2.3.1');
  return connection;
}

/** Keyed by the properties object that amqplib hands out with a delivery, a get or a return. */
const bytesOf = new WeakMap<object, Buffer>();

/** Call it once, right after connecting and before any channel is made. */
export function captureRawProperties(model: ChannelModel): void {
  const connection = inner(model.connection);
  const receive = connection.recvFrame;
  connection.recvFrame = function (this: InnerConnection) {
    // amqplib calls recvFrame again from within itself until `rest` holds one whole frame: that innermost call sees it
    const { rest } = this;
    const got = receive.call(this);
    if (got && got.size !== undefined && got.fields && !bytesOf.has(got.fields)) {
      const end = FRAME_HEAD_BYTES + rest.readUInt32BE(3);
      // a copy: `rest` is one large buffer of many frames and would live as long as the message
      bytesOf.set(got.fields, Buffer.from(rest.subarray(FRAME_HEAD_BYTES + CONTENT_HEADER_BYTES, end)));
    }
    return got;
  };
}

/** The property bytes of a message that was read on a connection with the capture; undefined when it was not. */
export function rawProperties(message: { properties: object }): Buffer | undefined {
  return bytesOf.get(message.properties);
}

export interface RawPublish {
  exchange: string;
  routingKey: string;
  /** Property bytes, from `rawProperties`, `editProperties` or `encodeProperties`. */
  raw: Buffer;
  body: Buffer;
  mandatory?: boolean;
}

/**
 * Publishes with exactly these property bytes. Returns false when the channel's buffer is full (wait for 'drain').
 * On a confirm channel `confirmed` is called with null (ack) or an error (nack, channel closed).
 * Throws RangeError when exchange or key is over 255 bytes or the properties do not fit into one frame, Error when the channel is closed.
 */
export function publishRaw(
  channel: Channel,
  message: RawPublish,
  confirmed?: (error: Error | null) => void,
): boolean {
  const connection = inner(channel.connection);
  const number = 'ch' in channel && typeof channel.ch === 'number' ? channel.ch : 0;
  const slot = connection.channels[number];
  // numbers are used again: the slot must still be this channel's
  if (number === 0 || slot?.channel !== channel) throw new Error('channel closed');
  const { raw, body } = message;
  if (FRAME_OVERHEAD + CONTENT_HEADER_BYTES + raw.length > connection.frameMax) {
    throw new RangeError(
      `${raw.length} bytes of properties do not fit into one frame of ${connection.frameMax} bytes`,
    );
  }
  const whole = FRAME_OVERHEAD + body.length <= connection.frameMax;
  let room = slot.buffer.write(framesOf(number, message, whole));
  if (!whole) room = connection.sendContent(number, body);
  connection.sentSinceLastCheck = true;
  if ('pushConfirmCallback' in channel && typeof channel.pushConfirmCallback === 'function') {
    channel.pushConfirmCallback(confirmed);
  }
  return room;
}

/** Method, header and, when it fits into one frame (`whole`), the body, in one piece: a write for each costs more than copying. */
function framesOf(channel: number, message: RawPublish, whole: boolean): Buffer {
  const { raw, body } = message;
  const exchange = Buffer.byteLength(message.exchange);
  const key = Buffer.byteLength(message.routingKey);
  if (exchange > SHORT_STRING_BYTES || key > SHORT_STRING_BYTES)
    throw new WireError(`${Math.max(exchange, key)} bytes of a name where AMQP allows ${SHORT_STRING_BYTES}`);
  const method = PUBLISH_BYTES + exchange + key;
  const header = CONTENT_HEADER_BYTES + raw.length;
  const bodyBytes = whole && body.length > 0 ? FRAME_OVERHEAD + body.length : 0;
  const out = Buffer.allocUnsafe(2 * FRAME_OVERHEAD + method + header + bodyBytes);

  let at = frameHead(out, 0, FRAME_METHOD, channel, method);
  at = out.writeUInt16BE(CLASS_BASIC, at);
  at = out.writeUInt16BE(METHOD_PUBLISH, at);
  at = out.writeUInt16BE(0, at);
  at = out.writeUInt8(exchange, at);
  at += out.write(message.exchange, at, exchange, 'utf8');
  at = out.writeUInt8(key, at);
  at += out.write(message.routingKey, at, key, 'utf8');
  at = out.writeUInt8(message.mandatory ? 1 : 0, at);
  at = out.writeUInt8(FRAME_END, at);

  at = frameHead(out, at, FRAME_HEADER, channel, header);
  at = out.writeUInt16BE(CLASS_BASIC, at);
  at = out.writeUInt16BE(0, at);
  at = out.writeUInt32BE(Math.floor(body.length / 2 ** 32), at);
  at = out.writeUInt32BE(body.length % 2 ** 32, at);
  at += raw.copy(out, at);
  at = out.writeUInt8(FRAME_END, at);

  if (bodyBytes > 0) {
    at = frameHead(out, at, FRAME_BODY, channel, body.length);
    at += body.copy(out, at);
    out.writeUInt8(FRAME_END, at);
  }
  return out;
}

function frameHead(out: Buffer, at: number, type: number, channel: number, length: number): number {
  out.writeUInt8(type, at);
  out.writeUInt16BE(channel, at + 1);
  return out.writeUInt32BE(length, at + 3);
}
