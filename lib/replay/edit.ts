/** What changes between a dead letter and its copy. Everything else stays byte for byte, the body always. */
import { joinProperties, rawHeaders, splitProperties } from '../amqp/properties.ts';
import { encodeHeader, joinTable } from '../amqp/table.ts';
import { longString, shortString } from '../amqp/wire.ts';
import { changesOnTheWay } from '../journey/header-origin.ts';
import type { Header } from '../model/message.ts';

export interface Lineage {
  /** `x-replay-id`, the same again when the same copy has to be sent twice: consumers may drop doubles by it. */
  replayId: string;
  /** `x-replay-count`: 1 for a first replay. */
  count: number;
  /** `x-replay-of`: the replay, message or content that it copies. */
  of: string;
  /** Who sends it: the broker refuses a `user-id` of anybody else (406, channel closed). */
  user: string;
}

/** Deaths of earlier attempts are kept up to this size; the latest always. */
const MAX_DEATH_BYTES = 32_768;

const LINEAGE = new Set(['x-replay-id', 'x-replay-count', 'x-replay-of', 'x-original-death']);
const ARRAY = 'A'.charCodeAt(0);

/**
 * The property bytes of the copy:
 * - `CC` and `BCC` go, or the copy would reach queues that nobody chose;
 * - `x-death` becomes `x-original-death` with its typed bytes, older ones behind it: 3.10 would add to a client's
 *   `x-death`, 4.x would drop it at the next death, and both would show it to the consumer;
 * - the broker's own counters (`x-first-death-*`, `x-last-death-*`, `x-delivery-count`, `x-acquired-count`) go;
 * - a foreign `user-id` moves to `x-original-user-id`;
 * - the lineage headers come.
 * Throws WireError when the bytes cannot be read: then the message cannot be moved.
 */
export function copyProperties(raw: Buffer, lineage: Lineage): Buffer {
  const parts = splitProperties(raw);
  const entries = rawHeaders(raw);
  const kept = entries.filter((e) => !changesOnTheWay(e.name) || e.name === 'x-original-user-id');
  const out = kept.map((e) => e.raw);

  const deaths = entries.filter((e) => e.name === 'x-death' || e.name === 'x-original-death');
  const newest = deaths.find((e) => e.name === 'x-death') ?? deaths[0];
  if (newest) {
    const older = deaths.find((e) => e !== newest && e.name === 'x-original-death');
    out.push(Buffer.concat([shortString('x-original-death'), withOlder(newest.typed, older?.typed)]));
  }

  const user = parts.get('userId')?.toString('utf8', 1);
  if (user !== undefined && user !== lineage.user) {
    parts.delete('userId');
    if (!kept.some((e) => e.name === 'x-original-user-id')) out.push(text('x-original-user-id', user));
  }
  out.push(
    text('x-replay-id', lineage.replayId),
    encodeHeader({ name: 'x-replay-count', type: 'I', value: lineage.count }),
    text('x-replay-of', lineage.of),
  );
  parts.set('headers', joinTable(out));
  return joinProperties(parts);
}

function text(name: string, value: string): Buffer {
  return encodeHeader({ name, type: 'S', value });
}

/** Two typed arrays as one, newest first; what is no array, or would grow too long, stays alone. */
function withOlder(newest: Buffer, older: Buffer | undefined): Buffer {
  if (!older || newest[0] !== ARRAY || older[0] !== ARRAY) return newest;
  if (newest.length + older.length > MAX_DEATH_BYTES) return newest;
  return Buffer.concat([
    Buffer.of(ARRAY),
    longString(Buffer.concat([newest.subarray(5), older.subarray(5)])),
  ]);
}

/** What the copy of a message with these headers and this `user-id` will lose or change, for the plan. */
export interface Changes {
  cc: boolean;
  deaths: boolean;
  counters: boolean;
  userId: boolean;
}

export function changesFor(headers: readonly Header[], userId: string | undefined, user: string): Changes {
  const has = (name: string) => headers.some((h) => h.name === name);
  return {
    cc: has('CC') || has('BCC'),
    deaths: has('x-death'),
    counters: headers.some((h) => changesOnTheWay(h.name) && !isNamed(h.name)),
    userId: userId !== undefined && userId !== user,
  };
}

function isNamed(name: string): boolean {
  return LINEAGE.has(name) || ['CC', 'BCC', 'x-death', 'x-original-user-id'].includes(name);
}

/**
 * Why this message cannot be sent at all, in words; null when it can. The broker answers these with a closed channel,
 * which would drag down every other message in flight.
 */
export function cannotMove(expiration: string | undefined): string | null {
  if (expiration === undefined) return null;
  return /^\d{1,10}$/.test(expiration) && Number(expiration) <= 4_294_967_295
    ? null
    : `Its expiration "${expiration.slice(0, 40)}" is not a number of milliseconds that the broker takes.`;
}
