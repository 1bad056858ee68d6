/** One message as read from a dead-letter queue: what people see of it, and the bytes that its copy is made from. */
import { createHash } from 'node:crypto';
import type { ConsumeMessage } from 'amqplib';
import { decodeProperties, rawProperties } from '../amqp/properties.ts';
import { deathError, namedDeaths, readDeaths } from '../journey/deaths.ts';
import { fingerprint } from '../journey/fingerprint.ts';
import { traceContext } from '../journey/trace-context.ts';
import type { Death } from '../model/death.ts';
import { journeyKeyOf, type MessageIds } from '../model/ids.ts';
import { type Header, headerValue, type Message, type Properties } from '../model/message.ts';
import type { DeadLetter } from '../model/replay.ts';
import { causeOf, type Died } from './causes.ts';

export interface Letter extends Died {
  /** Same content and same deaths: messages that share it cannot be told apart, and need not be. */
  key: string;
  journey: string;
  ids: MessageIds;
  fingerprint: string;
  /** What it was published into the dead-letter queue with. */
  exchange: string;
  routingKey: string;
  deaths: Death[];
  cause: string;
  deliveryCount: number | null;
  /** Its place in a stream, for as long as the stream keeps it; null in a queue. */
  offset: number | null;
  /** How often a replay has sent it. */
  replays: number;
  properties: Properties;
  headers: Header[];
  /** Property bytes as they came. */
  raw: Buffer;
  body: Buffer;
}

/** Throws when the message came over a connection that does not keep the property bytes: then no copy may be made. */
export function readLetter(message: ConsumeMessage): Letter {
  const raw = rawProperties(message);
  if (!raw) throw new Error('the property bytes of a message were not kept');
  const { properties, headers } = decodeProperties(raw);
  const ids = traceContext(headers, properties);
  const print = fingerprint(properties, headers, message.content);
  const offset = whole(headerValue(headers, 'x-stream-offset'));
  const listed = readDeaths(headers);
  const deaths = listed.length > 0 || offset === null ? listed : namedDeaths(headers);
  const [last] = deaths;
  const died: Died = {
    originQueue: last?.queue ?? null,
    reason: last?.reason ?? null,
    error: deathError(headers),
    diedAt: last?.at ?? null,
  };
  return {
    ...died,
    key: keyOf(print, deaths, ids.replayId, offset),
    journey: journeyKeyOf(ids, print),
    ids,
    fingerprint: print,
    exchange: message.fields.exchange,
    routingKey: message.fields.routingKey,
    deaths,
    cause: causeOf(died),
    deliveryCount: whole(headerValue(headers, 'x-delivery-count')),
    offset,
    replays: whole(headerValue(headers, 'x-replay-count')) ?? 0,
    properties,
    headers,
    raw,
    body: message.content,
  };
}

/**
 * The deaths and the replay are part of it: a copy that died again is another dead letter than its original. So is the
 * place in a stream, where what was replayed stays: its key says later that it was.
 */
function keyOf(
  print: string,
  deaths: readonly Death[],
  replayId: string | undefined,
  offset: number | null,
): string {
  const died = JSON.stringify([print, deaths, replayId ?? null, ...(offset === null ? [] : [offset])]);
  return createHash('sha256').update(died).digest('hex').slice(0, 32);
}

function whole(value: Header['value'] | undefined): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** Counts letters that are alike: the n-th with this key gets the ID `key.n`, the same from reading to reading. */
export class Ordinals {
  readonly #seen = new Map<string, number>();
  idOf(key: string): string {
    const n = this.#seen.get(key) ?? 0;
    this.#seen.set(key, n + 1);
    return `${key}.${n}`;
  }
}

/**
 * The ID of a message that lies in the queue again though its copy was confirmed and it was acknowledged: a broker that is
 * killed can forget acknowledgements. It is sent once more, and is none of those that were frozen.
 */
export function idOfReturned(key: string, seq: number): string {
  return `${key}.again.${seq}`;
}

export function isReturned(id: string): boolean {
  return /\.again\.\d+$/.test(id);
}

/** The key within a dead letter's ID. */
export function keyOfId(id: string): string {
  return id.replace(/(\.again)?\.\d+$/, '');
}

/** As facts and screens hold a message: the first `bodyBytes` of its body. */
export function messageOf(letter: Letter, bodyBytes: number): Message {
  const size = letter.body.length;
  return {
    properties: letter.properties,
    headers: letter.headers,
    body: {
      size,
      data: bodyBytes > 0 ? letter.body.subarray(0, bodyBytes).toString('base64') : null,
      truncated: size > bodyBytes,
    },
  };
}

export function deadLetterOf(letter: Letter, id: string, position: number, bodyBytes: number): DeadLetter {
  return {
    id,
    position,
    journey: letter.journey,
    ids: letter.ids,
    exchange: letter.exchange,
    routingKey: letter.deaths[0]?.routingKeys[0] ?? letter.routingKey,
    originQueue: letter.originQueue,
    reason: letter.reason,
    error: letter.error,
    cause: letter.cause,
    diedAt: letter.diedAt,
    attempts: letter.deaths.reduce((sum, d) => sum + d.count, 0),
    replays: letter.replays,
    deaths: letter.deaths,
    deliveryCount: letter.deliveryCount,
    message: messageOf(letter, bodyBytes),
  };
}
