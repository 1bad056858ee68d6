/** What changes between a dead letter and its copy. Everything else stays byte for byte, the body unless it is edited. */
import {
  editProperties,
  joinProperties,
  type PropertyName,
  rawHeaders,
  splitProperties,
} from '../amqp/properties.ts';
import { decodeTable, encodeHeader, type HeaderEntry, joinTable } from '../amqp/table.ts';
import { longString, shortString } from '../amqp/wire.ts';
import { changesOnTheWay } from '../journey/header-origin.ts';
import type { LetterEdit } from '../model/letter-edit.ts';
import { type Header, headerValue, type Properties } from '../model/message.ts';

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

/** What was chosen for the copies of a job. */
export interface CopyOptions {
  /** ms as text; null: none. Absent: as it is. */
  expiration?: string | null;
  /** delivery-mode 2, whatever it is. */
  persistent?: boolean;
  /** Of this one message. Applied first: the options above hold for it too. */
  edit?: LetterEdit;
}

/** Lists what people changed in a copy, and in those that it is a copy of: `header tenant`, `property type`, `body`. */
const EDITED = 'x-replay-edited';
/** Deaths of earlier attempts are kept up to this size; the latest always. */
const MAX_DEATH_BYTES = 32_768;

const LINEAGE = new Set(['x-replay-id', 'x-replay-count', 'x-replay-of', 'x-original-death', EDITED]);
/** Once there, these stay: where the message first came from, and that somebody changed it. */
const LASTING = new Set(['x-original-user-id', EDITED]);
const ARRAY = 'A'.charCodeAt(0);
const EDITABLE = [
  'contentType',
  'contentEncoding',
  'deliveryMode',
  'priority',
  'correlationId',
  'replyTo',
  'messageId',
  'timestamp',
  'type',
  'appId',
] as const satisfies readonly (keyof Properties)[];
/** Most names in `x-replay-edited`. */
const MAX_EDITED = 100;

/**
 * The property bytes of the copy:
 * - `CC` and `BCC` go, or the copy would reach queues that nobody chose;
 * - `x-death` becomes `x-original-death` with its typed bytes, older ones behind it: 3.10 would add to a client's
 *   `x-death`, 4.x would drop it at the next death, and both would show it to the consumer;
 * - the broker's own counters (`x-first-death-*`, `x-last-death-*`, `x-delivery-count`, `x-acquired-count`) go;
 * - a foreign `user-id` moves to `x-original-user-id`;
 * - the options and the edit, which is listed in `x-replay-edited`;
 * - the lineage headers come.
 * Throws WireError when the bytes cannot be read, RangeError when a new value does not fit: then it cannot be sent.
 */
export function copyProperties(raw: Buffer, lineage: Lineage, options: CopyOptions = {}): Buffer {
  const edited = withEdit(raw, options);
  const parts = splitProperties(edited);
  const entries = rawHeaders(edited);
  const kept = entries.filter(
    (e) => !changesOnTheWay(e.name) || (LASTING.has(e.name) && !(options.edit && e.name === EDITED)),
  );
  const out = kept.map((e) => e.raw);

  out.push(...originalDeath(entries), ...ownUserId(parts, entries, lineage.user));
  if (options.edit) {
    const before = headerValue(decodeTable(joinTable(entries.map((e) => e.raw)).subarray(4)), EDITED);
    const names = [...(Array.isArray(before) ? before.map(String) : []), ...editedParts(options.edit)];
    const value = [...new Set(names)].slice(0, MAX_EDITED);
    out.push(encodeHeader({ name: EDITED, type: 'A', value }));
  }
  out.push(
    text('x-replay-id', lineage.replayId),
    encodeHeader({ name: 'x-replay-count', type: 'I', value: lineage.count }),
    text('x-replay-of', lineage.of),
  );
  parts.set('headers', joinTable(out));
  return joinProperties(parts);
}

/** The broker's counts of the queue that is left. */
const COUNTS = new Set(['x-delivery-count', 'x-acquired-count', 'x-stream-offset']);

/**
 * The property bytes of a message that is moved: all stays as it was read, except
 * - `CC` and `BCC`, and a foreign `user-id`, as in a replay;
 * - the counts of the queue that is left: published by a client they show as if the new queue had counted them;
 * - on 4.x `x-death` is besides put into `x-original-death`: the broker shows a client's `x-death` and throws it away at
 *   the next death, where 3.10 adds to it (measured on 3.10.8, 4.0.5 and 4.3.6, classic and quorum);
 * - the options.
 * Throws as `copyProperties` does.
 */
export function moveProperties(raw: Buffer, user: string, options: CopyOptions, major: number): Buffer {
  const parts = splitProperties(withEdit(raw, options));
  const entries = rawHeaders(joinProperties(parts));
  const forgets = major >= 4 && entries.some((e) => e.name === 'x-death');
  const gone = (name: string) =>
    name === 'CC' || name === 'BCC' || COUNTS.has(name) || (forgets && name === 'x-original-death');
  const out = entries.filter((e) => !gone(e.name)).map((e) => e.raw);
  if (forgets) out.push(...originalDeath(entries));
  out.push(...ownUserId(parts, entries, user));
  if (out.length > 0 || parts.has('headers')) parts.set('headers', joinTable(out));
  return joinProperties(parts);
}

/** The deaths as they are kept from the broker, newest first; none when it never died. */
function originalDeath(entries: readonly HeaderEntry[]): Buffer[] {
  const deaths = entries.filter((e) => e.name === 'x-death' || e.name === 'x-original-death');
  const newest = deaths.find((e) => e.name === 'x-death') ?? deaths[0];
  if (!newest) return [];
  const older = deaths.find((e) => e !== newest && e.name === 'x-original-death');
  return [Buffer.concat([shortString('x-original-death'), withOlder(newest.typed, older?.typed)])];
}

/** Takes a foreign `user-id` off; the answer is the header that keeps it, unless an earlier one is kept already. */
function ownUserId(
  parts: Map<PropertyName, Buffer>,
  entries: readonly HeaderEntry[],
  user: string,
): Buffer[] {
  const given = parts.get('userId')?.toString('utf8', 1);
  if (given === undefined || given === user) return [];
  parts.delete('userId');
  return entries.some((e) => e.name === 'x-original-user-id') ? [] : [text('x-original-user-id', given)];
}

/** The bytes with the edit and the options; those of an unedited message without options as they are. */
function withEdit(raw: Buffer, { edit, expiration, persistent }: CopyOptions): Buffer {
  const edited = edit ? applyEdit(raw, edit) : raw;
  if (expiration === undefined && !persistent) return edited;
  return editProperties(edited, {
    dropProperties: expiration === null ? ['expiration'] : [],
    setProperties: {
      ...(persistent ? { deliveryMode: 2 } : {}),
      ...(typeof expiration === 'string' ? { expiration } : {}),
    },
  });
}

function applyEdit(raw: Buffer, { headers, properties = {} }: LetterEdit): Buffer {
  const removed = new Set(headers?.remove);
  const set: Properties = {};
  const dropProperties: Exclude<PropertyName, 'headers'>[] = [];
  for (const name of EDITABLE) {
    const value = properties[name];
    if (value === null) dropProperties.push(name);
    else if (value !== undefined) Object.assign(set, { [name]: value });
  }
  return editProperties(raw, {
    dropHeaders: (name) => removed.has(name),
    setHeaders: headers?.set ?? [],
    dropProperties,
    setProperties: set,
  });
}

/** What an edit changes, by name: values may be secrets and are told nowhere. */
export function editedParts(edit: LetterEdit): string[] {
  const { headers, properties = {}, body } = edit;
  const names = [...(headers?.set ?? []).map((h) => h.name), ...(headers?.remove ?? [])];
  return [
    ...[...new Set(names)].map((name) => `header ${name}`),
    ...Object.entries(properties)
      .filter(([, value]) => value !== undefined)
      .map(([name]) => `property ${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`),
    ...(body ? ['body'] : []),
  ];
}

/** The body of the copy: as it is, unless it is edited. */
export function copyBody(body: Buffer, edit: LetterEdit | undefined): Buffer {
  if (!edit?.body) return body;
  return 'text' in edit.body ? Buffer.from(edit.body.text, 'utf8') : Buffer.from(edit.body.base64, 'base64');
}

function text(name: string, value: string): Buffer {
  return encodeHeader({ name, type: 'S', value });
}

/** Two typed arrays as one, newest first; what is no array, or would grow too long, stays alone. A move may have joined them. */
function withOlder(newest: Buffer, older: Buffer | undefined): Buffer {
  if (!older || newest[0] !== ARRAY || older[0] !== ARRAY) return newest;
  if (newest.length > 5 && older.subarray(5, newest.length).equals(newest.subarray(5))) return older;
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
  /** Of `counters` those that a move takes off too. */
  counts: boolean;
  userId: boolean;
  /** By the option: set, or taken off. */
  expiration: boolean;
  /** By the option. */
  persistent: boolean;
}

export function changesFor(
  headers: readonly Header[],
  userId: string | undefined,
  user: string,
): Omit<Changes, 'expiration' | 'persistent'> {
  const has = (name: string) => headers.some((h) => h.name === name);
  return {
    cc: has('CC') || has('BCC'),
    deaths: has('x-death'),
    counts: headers.some((h) => COUNTS.has(h.name)),
    counters: headers.some((h) => changesOnTheWay(h.name) && !isNamed(h.name)),
    userId: userId !== undefined && userId !== user,
  };
}

function isNamed(name: string): boolean {
  return LINEAGE.has(name) || LASTING.has(name) || ['CC', 'BCC', 'x-death'].includes(name);
}
