/** Who sets a header, told by its name: the names are reserved by RabbitMQ, or are those of a replay's lineage. */
export type HeaderOrigin = 'publisher' | 'broker' | 'replay';

const BROKER = new Set([
  'x-death',
  'x-delivery-count',
  'x-acquired-count',
  'x-stream-offset',
  'x-stream-filter-value',
]);
const BROKER_PREFIXES = ['x-first-death-', 'x-last-death-', 'x-opt-rabbitmq-'];
const REPLAY = new Set(['x-original-death', 'x-original-user-id']);

export function headerOrigin(name: string): HeaderOrigin {
  if (BROKER.has(name) || BROKER_PREFIXES.some((p) => name.startsWith(p))) return 'broker';
  if (REPLAY.has(name) || name.startsWith('x-replay-')) return 'replay';
  return 'publisher';
}

/** True for headers that come and go on a message's way, so that they are no part of its content. */
export function changesOnTheWay(name: string): boolean {
  // the broker takes BCC away on routing; 3.10 takes CC away when it dead-letters with a routing key
  return name === 'CC' || name === 'BCC' || headerOrigin(name) !== 'publisher';
}
