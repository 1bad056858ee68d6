/** What the broker's events and log say, as moments. Pure. */
import type { BrokerEvent } from '../model/broker-event.ts';
import type { MomentKind } from '../model/moment.ts';
import { about, type Seen } from './moment-seen.ts';

const kinds: Record<BrokerEvent['kind'], MomentKind | null> = {
  'queue.created': 'queue declared',
  'queue.deleted': 'queue deleted',
  'consumer.created': 'consumer came',
  'consumer.deleted': 'consumer gone',
  'connection.created': 'connection opened',
  'connection.closed': 'connection gone',
  'channel.closed': 'channel closed',
  'policy.changed': 'policy changed',
  'alarm.set': 'alarm set',
  'alarm.cleared': 'alarm cleared',
  'node.started': 'node restarted',
  'node.stopped': 'node down',
};

export function seenOf(event: BrokerEvent): Seen | null {
  const kind = kinds[event.kind];
  if (kind === null) return null;
  const { id, at, vhost, queue, connection, consumerTag, words } = event;
  const moment = {
    id,
    at,
    kind,
    vhost,
    queue,
    connection,
    consumerTag,
    words,
    source: 'told' as const,
    count: 1,
    href: null,
  };
  switch (kind) {
    case 'alarm set':
    case 'alarm cleared':
    case 'node restarted':
    case 'node down':
      return { about: about(kind, event.node), moment };
    // each is one of its own: two changes within a minute are two
    case 'policy changed':
    case 'channel closed':
      return { about: id, moment };
    default:
      return { about: about(kind, vhost, queue, connection, consumerTag), moment };
  }
}
