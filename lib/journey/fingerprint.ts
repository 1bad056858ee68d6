import { createHash, hash } from 'node:crypto';
import type { Header, Properties } from '../model/message.ts';
import { changesOnTheWay } from './header-origin.ts';

/**
 * A hash of a message's content that stays the same on its whole way: through exchanges, queues, dead-lettering and
 * replay. Left out are the headers that `changesOnTheWay`, `expiration` (dead-lettering moves it into x-death) and
 * `user-id` (a replay cannot send another user's). Header order does not count: 4.3 sorts keys at every publish.
 * `body` is the whole body in bytes. 32 hex digits.
 */
export function fingerprint(properties: Properties, headers: readonly Header[], body: Uint8Array): string {
  const own: string[] = [];
  for (const { name, value } of headers)
    if (!changesOnTheWay(name)) own.push(JSON.stringify([name, sorted(value)]));
  own.sort();
  const fields: [string, string | number][] = [];
  for (const name of fieldNames) {
    const value = properties[name];
    if (value !== undefined) fields.push([name, value]);
  }
  // the head is one JSON text, so it cannot run into the body whatever the names are
  const head = JSON.stringify([fields, own, body.length]);
  if (body.length === 0) return hash('sha256', head, 'hex').slice(0, 32);
  // in one go, which is much cheaper for small messages than a hash that is fed
  if (body.length <= IN_ONE_GO)
    return hash('sha256', Buffer.concat([Buffer.from(head), body]), 'hex').slice(0, 32);
  return createHash('sha256').update(head).update(body).digest('hex').slice(0, 32);
}

const IN_ONE_GO = 65_536;
/** Those that stay on the way, by name. */
const fieldNames = [
  'appId',
  'clusterId',
  'contentEncoding',
  'contentType',
  'correlationId',
  'deliveryMode',
  'messageId',
  'priority',
  'replyTo',
  'timestamp',
  'type',
] as const satisfies readonly (keyof Properties)[];

/** Tables with their keys in order, so that equal tables give equal text. */
function sorted(value: Header['value']): Header['value'] {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).map(([k, v]): [string, Header['value']] => [k, sorted(v)]);
  // an array of pairs, since assigning a key `__proto__` to an object loses it
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
