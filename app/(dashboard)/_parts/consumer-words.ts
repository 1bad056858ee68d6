/** Consumers in words. Pure. */
import type { Shape } from '@/app/_ui/hop';
import type { Condition, Consumer, ConsumerRow, GoneConsumer } from '@/lib/model/broker';

/** Gravest first: the order of lists and of the choices above them. */
export const conditionsByGravity: readonly Condition[] = [
  'stuck',
  'flapping',
  'idle with messages waiting',
  'saturated',
  'unknown',
  'working',
  'idle',
  'waiting',
];

interface Look {
  hop: Shape;
  hollow?: boolean;
  /** In a badge. */
  word: string;
}

const looks: Record<Condition, Look> = {
  stuck: { hop: 'dead', word: 'stuck' },
  flapping: { hop: 'warn', word: 'flapping' },
  'idle with messages waiting': { hop: 'warn', word: 'idle, messages wait' },
  saturated: { hop: 'warn', word: 'saturated' },
  unknown: { hop: 'unknown', word: 'unknown' },
  working: { hop: 'delivered', word: 'working' },
  idle: { hop: 'waiting', hollow: true, word: 'idle' },
  waiting: { hop: 'waiting', word: 'waiting' },
};

export function lookOf(condition: Condition): Look {
  return looks[condition];
}

/** `stuck` of the URL; null: no condition, or none that there is. */
export function parseCondition(text: string | null): Condition | null {
  return conditionsByGravity.find((c) => c === text) ?? null;
}

/** What is said beside the badge: since when is not part of it, since it ticks. */
export function conditionWords(row: Pick<ConsumerRow, 'condition' | 'words' | 'activity'>): string {
  if (row.words) return row.words;
  const role = row.activity === 'single_active' ? 'It is the single active consumer of its queue.' : '';
  if (row.condition === 'idle') return ['Nothing waits for it.', role].filter(Boolean).join(' ');
  return role;
}

const meant: readonly GoneConsumer['cause'][] = ['cancelled', 'client closed', 'closed by operator'];

/** The sign of why one went: what was most likely meant needs no eye. */
export function goneLook({ cause, code }: Pick<GoneConsumer, 'cause' | 'code'>): Look {
  const word = code === null ? cause : `${cause} ${code}`;
  return meant.includes(cause) ? { hop: 'waiting', hollow: true, word } : { hop: 'warn', word };
}

/** "amqplib 2.3.1", "Spring AMQP", null when the client did not say. */
export function clientOf({ client }: Pick<Consumer, 'client'>): string | null {
  return client.product ? [client.product, client.version].filter(Boolean).join(' ') : null;
}

/** The name that the application gave its connection, else its peer, else the broker's name of the connection. */
export function connectionOf(consumer: Pick<Consumer, 'client' | 'peer' | 'connection'>): string {
  return consumer.client.name ?? consumer.peer ?? consumer.connection;
}

/** Unique among all consumers, those that went included: a tag may come back on a new connection. */
export function consumerKey(c: Pick<Consumer, 'vhost' | 'queue' | 'tag' | 'connection' | 'channel'>): string {
  return [c.vhost, c.queue, c.tag, c.connection, c.channel ?? ''].join('\u0000');
}
