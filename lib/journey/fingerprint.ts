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
  const { expiration: _, userId: __, ...kept } = properties;
  const own = headers
    .filter((h) => !changesOnTheWay(h.name))
    .map((h) => JSON.stringify([h.name, sorted(h.value)]))
    .sort();
  const fields = Object.entries(kept)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  // the head is one JSON text, so it cannot run into the body whatever the names are
  const head = JSON.stringify([fields, own, body.length]);
  if (body.length === 0) return hash('sha256', head, 'hex').slice(0, 32);
  return createHash('sha256').update(head).update(body).digest('hex').slice(0, 32);
}

/** Tables with their keys in order, so that equal tables give equal text. */
function sorted(value: Header['value']): Header['value'] {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).map(([k, v]): [string, Header['value']] => [k, sorted(v)]);
  // an array of pairs, since assigning a key `__proto__` to an object loses it
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
