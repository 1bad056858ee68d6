/** The basic properties as people read them, with the type that the protocol gives each. Pure. */
import type { Properties } from '@/lib/model/message';
import { timestamp } from './header-view';

/** In the order of asking; types as AMQP 0-9-1 has them (specification 1.8.3). */
const PROPERTIES: readonly [keyof Properties, string, string][] = [
  ['messageId', 'message-id', 'shortstr'],
  ['correlationId', 'correlation-id', 'shortstr'],
  ['contentType', 'content-type', 'shortstr'],
  ['contentEncoding', 'content-encoding', 'shortstr'],
  ['deliveryMode', 'delivery-mode', 'octet'],
  ['priority', 'priority', 'octet'],
  ['timestamp', 'timestamp', 'timestamp'],
  ['expiration', 'expiration', 'shortstr'],
  ['type', 'type', 'shortstr'],
  ['appId', 'app-id', 'shortstr'],
  ['userId', 'user-id', 'shortstr'],
  ['replyTo', 'reply-to', 'shortstr'],
  ['clusterId', 'cluster-id', 'shortstr'],
];

export interface PropertyRow {
  key: keyof Properties;
  name: string;
  type: string;
  /** null: not set. */
  words: string | null;
  /** As it is on the wire, for copying; null: not set. */
  value: string | null;
}

/** All thirteen, those that are not set too: what is missing is often the answer. `at` writes a time in ms. */
export function propertyRows(properties: Properties, at: (ms: number) => string): PropertyRow[] {
  return PROPERTIES.map(([key, name, type]) => {
    const value = properties[key];
    return {
      key,
      name,
      type,
      words: value === undefined ? null : wordsOf(key, value, at),
      value: value === undefined ? null : String(value),
    };
  });
}

function wordsOf(key: keyof Properties, value: string | number, at: (ms: number) => string): string {
  if (key === 'timestamp') return timestamp(value, at);
  if (key === 'expiration') return `${value} ms`;
  if (key === 'deliveryMode')
    return value === 2 ? '2, persistent' : value === 1 ? '1, transient' : String(value);
  return String(value);
}
