/** Consumers in words. Pure. */
import type { Consumer } from '@/lib/model/broker';

/** "amqplib 2.3.1", "Spring AMQP", null when the client did not say. */
export function clientOf({ client }: Pick<Consumer, 'client'>): string | null {
  return client.product ? [client.product, client.version].filter(Boolean).join(' ') : null;
}

/** The name that the application gave its connection, else its peer, else the broker's name of the connection. */
export function connectionOf(consumer: Pick<Consumer, 'client' | 'peer' | 'connection'>): string {
  return consumer.client.name ?? consumer.peer ?? consumer.connection;
}

/** Whether it gets messages: active, waiting (single active consumer), or what the broker calls it. */
export function activityOf({ active, activity }: Pick<Consumer, 'active' | 'activity'>): string | null {
  if (activity === 'waiting' || active === false) return 'waiting';
  if (activity === 'single_active') return 'single active';
  if (activity === 'up' || active === true) return 'active';
  return activity?.replaceAll('_', ' ') ?? null;
}

/** Unique among all consumers, those that went included: a tag may come back on a new connection. */
export function consumerKey(c: Pick<Consumer, 'vhost' | 'queue' | 'tag' | 'connection' | 'channel'>): string {
  return [c.vhost, c.queue, c.tag, c.connection, c.channel ?? ''].join('\u0000');
}
