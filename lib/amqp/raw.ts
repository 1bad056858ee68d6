/**
 * Two hooks on amqplib 2.3.1 that give the exact property bytes of each message read and let them be published as they
 * are. They touch internals of its inner connection (recvFrame, rest, channels, sendContent, frameMax) and its confirm
 * channel (pushConfirmCallback): the version is pinned, the shapes are checked here, and properties.broker.test.ts
 * guards the round trip. Confirms, back pressure and heartbeats stay amqplib's own.
 */
import type { Channel, ChannelModel } from 'amqplib';
import { FRAME_HEADER, FRAME_METHOD, FRAME_OVERHEAD, frame, shortString, uint16 } from './wire.ts';

const CLASS_BASIC = 60;
const METHOD_PUBLISH = 40;
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
  const method = Buffer.concat([
    uint16(CLASS_BASIC),
    uint16(METHOD_PUBLISH),
    uint16(0),
    shortString(message.exchange),
    shortString(message.routingKey),
    Buffer.of(message.mandatory ? 1 : 0),
  ]);
  const header = Buffer.alloc(CONTENT_HEADER_BYTES);
  header.writeUInt16BE(CLASS_BASIC, 0);
  header.writeBigUInt64BE(BigInt(body.length), 4);
  const frames = [
    frame(FRAME_METHOD, number, method),
    frame(FRAME_HEADER, number, Buffer.concat([header, raw])),
  ];
  let room = slot.buffer.write(Buffer.concat(frames));
  if (body.length > 0) room = connection.sendContent(number, body);
  connection.sentSinceLastCheck = true;
  if ('pushConfirmCallback' in channel && typeof channel.pushConfirmCallback === 'function') {
    channel.pushConfirmCallback(confirmed);
  }
  return room;
}
