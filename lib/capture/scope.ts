/**
 * The binding keys of the firehose tap for a scope. The broker's trace messages carry `publish.EXCHANGE` and
 * `deliver.QUEUE` (https://www.rabbitmq.com/docs/firehose) through a topic exchange, so a tap that is bound to some names
 * alone costs the broker far less than one that takes all and throws most away. Pure.
 */
import { WHOLE_TAP } from '../config.ts';
import type { TapScope } from '../model/capture.ts';

export interface ScopePlan {
  keys: string[];
  /** Whether an event belongs to the scope: a key that holds a wildcard brings others too. */
  takes(routingKey: string): boolean;
  /** What is not seen, in words; null when everything is. */
  hides: string | null;
}

const WHOLE: ScopePlan = { keys: [...WHOLE_TAP], takes: () => true, hides: null };
/** AMQP's short string, in bytes */
const LONGEST_KEY = 255;

/** `configured`: the keys of HOPLIGHT_TAP_KEYS, for a vhost whose scope nobody has chosen. */
export function planScope(scope: TapScope | undefined, configured: readonly string[]): ScopePlan {
  if (scope === undefined) return byKeys(configured);
  if (scope.mode === 'all') return WHOLE;
  const exchanges = [...new Set(scope.exchanges)].sort();
  const queues = [...new Set(scope.queues)].sort();
  const wanted = new Set([...exchanges.map((e) => `publish.${e}`), ...queues.map((q) => `deliver.${q}`)]);
  const seen = [
    exchanges.length > 0 ? `publishes of ${named(exchanges.map((e) => e || 'the default exchange'))}` : null,
    queues.length > 0 ? `deliveries of ${named(queues)}` : null,
  ].filter((part) => part !== null);
  return {
    keys: [...new Set([...wanted].map(bindable))],
    takes: (routingKey) => wanted.has(routingKey),
    hides:
      seen.length > 0
        ? `Only ${seen.join(' and ')} are captured in this vhost.`
        : 'Neither publishes nor deliveries are captured in this vhost, by choice.',
  };
}

/** Whether every delivery of the vhost is heard, and so what Hoplight itself reads there. */
export function hearsDeliveries(scope: TapScope | undefined, configured: readonly string[]): boolean {
  if (scope) return scope.mode === 'all';
  return configured.includes('deliver.#') || configured.includes('#');
}

function byKeys(keys: readonly string[]): ScopePlan {
  const whole = WHOLE_TAP.every((key) => keys.includes(key)) || keys.includes('#');
  if (whole) return WHOLE;
  return {
    keys: [...keys],
    takes: () => true,
    hides: `Only what is bound to ${named(keys)} is captured (HOPLIGHT_TAP_KEYS).`,
  };
}

/** A name may be too long for a key, which then takes all of that kind. One with the words `*` or `#` matches itself too. */
function bindable(key: string): string {
  if (Buffer.byteLength(key) <= LONGEST_KEY) return key;
  return `${key.slice(0, key.indexOf('.'))}.#`;
}

const MOST_NAMED = 5;

function named(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).join(', ');
  return names.length > MOST_NAMED ? `${shown} and ${names.length - MOST_NAMED} more` : shown;
}
