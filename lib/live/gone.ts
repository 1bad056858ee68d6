/** Consumers that went away: found by comparing readings, with what can be said about why from outside. Pure. */
import type { Consumer, GoneConsumer, Snapshot } from '../model/broker.ts';
import { queueKey } from '../model/broker.ts';
import { consumerKey } from './reading.ts';
import { isOwnConsumer } from './snapshot.ts';

/** What of the broker's clients was there at a reading. */
export interface Clients {
  connections: ReadonlySet<string>;
  /** `10.0.3.4:51022 -> 10.0.0.1:5672 (2)` */
  channels: ReadonlySet<string>;
}

export interface Comparison {
  before: Snapshot;
  after: Snapshot;
  clients: Clients;
  /** The broker was away, or a node restarted, between the two. */
  brokerGone: boolean;
  /** What the broker's log said of its end, where that is listened to; it comes a little later. */
  told?: ((one: GoneConsumer) => string | null) | undefined;
}

const KEEP_MS = 24 * 3_600_000;
const KEEP = 500;
/** A connection's end reaches the broker's lists in any order: within this time a better reason replaces a worse. */
const REFINE_MS = 10_000;

/** The list after a reading, newest first. `list` is the one of before. Both snapshots' consumers must be known. */
export function goneAfter(list: readonly GoneConsumer[], c: Comparison): GoneConsumer[] {
  const now = c.after.readAt;
  const there = new Set(c.after.consumers.map(consumerKey));
  const known = new Set(c.before.consumers.map(consumerKey));
  const arrived = c.after.consumers.filter((one) => !known.has(consumerKey(one)));
  const left = c.before.consumers
    .filter((one) => !there.has(consumerKey(one)) && !isOwnConsumer(one) && !isNamedNow(one, arrived))
    .map((one) => goneConsumer(one, c));
  const isBack = matcher(arrived);
  return [...left, ...list]
    .filter((g) => g.goneAt > now - KEEP_MS && !there.has(consumerKey(g)) && !isBack(g))
    .map((g) => told(refined(g, c), c))
    .slice(0, KEEP);
}

/** The broker lists a consumer at first without its connection, then with it: nobody went. */
function isNamedNow(one: Consumer, arrived: readonly Consumer[]): boolean {
  return (
    one.connection === '' &&
    arrived.some((a) => a.tag === one.tag && a.queue === one.queue && a.vhost === one.vhost)
  );
}

function goneConsumer(one: Consumer, c: Comparison): GoneConsumer {
  const how = howOf(one, c);
  return {
    ...one,
    lastSeenAt: c.before.readAt,
    goneAt: c.after.readAt,
    how,
    cause: causes[how],
    code: null,
    source: 'deduced',
    reason: reasonOf(one, how),
    check: '',
  };
}

const causes: Record<GoneConsumer['how'], GoneConsumer['cause']> = {
  connection: 'connection ended',
  channel: 'channel closed',
  cancelled: 'cancelled',
  'queue-deleted': 'queue deleted',
  broker: 'broker away',
};

function howOf(one: Consumer, c: Comparison): GoneConsumer['how'] {
  if (c.brokerGone) return 'broker';
  const queues = new Set(c.after.queues.map((q) => queueKey(q.vhost, q.name)));
  if (!queues.has(queueKey(one.vhost, one.queue))) return 'queue-deleted';
  if (!c.clients.connections.has(one.connection)) return 'connection';
  if (!c.clients.channels.has(`${one.connection} (${one.channel})`)) return 'channel';
  return 'cancelled';
}

const better: Partial<Record<GoneConsumer['how'], GoneConsumer['how'][]>> = {
  cancelled: ['queue-deleted', 'connection', 'channel'],
  channel: ['queue-deleted', 'connection'],
};

function refined(g: GoneConsumer, c: Comparison): GoneConsumer {
  const options = better[g.how];
  if (!options || c.brokerGone || c.after.readAt - g.goneAt > REFINE_MS) return g;
  const how = howOf(g, c);
  return options.includes(how) ? { ...g, how, cause: causes[how], reason: reasonOf(g, how) } : g;
}

function told(g: GoneConsumer, c: Comparison): GoneConsumer {
  if (c.after.readAt - g.goneAt > REFINE_MS) return g;
  const words = c.told?.(g) ?? null;
  return words === null || g.how === 'queue-deleted' ? g : { ...g, reason: words };
}

/** After the broker's own absence clients come back under new connections: one new consumer stands for one old. */
function matcher(arrived: readonly Consumer[]): (g: GoneConsumer) => boolean {
  const left = new Set(arrived);
  return (g) => {
    if (g.how !== 'broker') return false;
    const back = [...left].find((a) => isSame(g, a));
    return back !== undefined && left.delete(back);
  };
}

function isSame(old: Consumer, now: Consumer): boolean {
  if (old.vhost !== now.vhost || old.queue !== now.queue || old.user !== now.user) return false;
  if (old.tag === now.tag) return true;
  if (old.client.name !== null || now.client.name !== null) return old.client.name === now.client.name;
  // Tags that the broker made up differ each time.
  return isGenerated(old.tag) && isGenerated(now.tag) && old.client.product === now.client.product;
}

function isGenerated(tag: string): boolean {
  return tag.startsWith('amq.ctag-');
}

function reasonOf(one: Consumer, how: GoneConsumer['how']): string {
  const held = one.unacked ? ` Its channel held ${one.unacked} unacked, which went back to the queue.` : '';
  switch (how) {
    case 'broker':
      return 'The broker was away or restarted, and this consumer has not come back. Check that its service reconnects and subscribes again.';
    case 'queue-deleted':
      return `Queue ${one.queue} was deleted. Its messages went with it; look up who deleted it before the consumer starts again.`;
    case 'connection':
      return `Its connection ended.${held} The broker does not tell why: check whether the process still runs, and look in the broker's log for "client unexpectedly closed TCP connection" (process or network), "missed heartbeats" (a hung or overloaded client) or CONNECTION_FORCED 320 (an operator).`;
    case 'channel':
      return `Its channel was closed, the connection lives.${held} Most often the broker closed it for a mistake: 406 PRECONDITION_FAILED (acked twice, or not within consumer_timeout), 404 NOT_FOUND or 403 ACCESS_REFUSED. The client's log has the code.`;
    case 'cancelled':
      return `It was cancelled; its connection and channel live.${held} The client did so itself (basic.cancel), or the queue moved to another node.`;
  }
}
