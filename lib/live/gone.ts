/** Consumers that went away: found by comparing readings, with what can be said about why. Pure. */
import type { Consumer, GoneConsumer, Queue, Snapshot } from '../model/broker.ts';
import { queueKey } from '../model/broker.ts';
import { goneWords } from './gone-words.ts';
import { consumerKey } from './reading.ts';
import { isOwnConsumer } from './snapshot.ts';
import type { Why } from './why-gone.ts';

/** What of the broker's clients was there at a reading. */
export interface Clients {
  /** By name: the node that it is connected to; null: not known. */
  connections: ReadonlyMap<string, string | null>;
  /** `10.0.3.4:51022 -> 10.0.0.1:5672 (2)` */
  channels: ReadonlySet<string>;
}

export interface Comparison {
  before: Snapshot;
  after: Snapshot;
  clients: Clients;
  /** The nodes of connections that were there before, see `nodesOf`. */
  wereAt?: ReadonlyMap<string, string | null>;
  /** The broker was away between the two. */
  brokerGone: boolean;
  /** Nodes that do not run, or were restarted a moment ago (see node-watch). */
  stopped?: ReadonlySet<string>;
  /** What the broker told of its end, where that is listened to; it comes a little later. `node`: see `Found`. */
  told?: ((one: GoneConsumer, node: string | null) => Why | null) | undefined;
}

type How = GoneConsumer['how'];
interface Found {
  how: How;
  cause: GoneConsumer['cause'];
  /** Of how `broker`: its connection's or its queue's; of how `connection`: where that was; null: not known. */
  node: string | null;
}

const KEEP_MS = 24 * 3_600_000;
const KEEP = 500;
/** Of those whose queue is gone too, where there are more. */
const KEEP_WITHOUT_QUEUE = 250;
/** A connection's end reaches the broker's lists in any order: within this time a better reason replaces a worse. */
const REFINE_MS = 10_000;

/** The list after a reading, newest first. `list` is the one of before. Both snapshots' consumers must be known. */
export function goneAfter(list: readonly GoneConsumer[], c: Comparison): GoneConsumer[] {
  const now = c.after.readAt;
  const there = new Set(c.after.consumers.map(consumerKey));
  const known = new Set(c.before.consumers.map(consumerKey));
  const arrived = c.after.consumers.filter((one) => !known.has(consumerKey(one)));
  const find = finder(c);
  const left = c.before.consumers
    .filter((one) => !there.has(consumerKey(one)) && !isOwnConsumer(one) && !isNamedNow(one, arrived))
    .map((one) => goneConsumer(one, find(one), c));
  const isBack = matcher(arrived);
  const all = [...left, ...list]
    .filter((g) => g.goneAt > now - KEEP_MS && !there.has(consumerKey(g)) && !isBack(g))
    .map((g) => (now - g.goneAt > REFINE_MS ? g : told(g, find(g), c)));
  return all.length > KEEP ? bounded(all, c.after.queues) : all;
}

/** Replies to made-up queues come and go by the thousand an hour: they do not push out the loss that somebody looks for. */
function bounded(gone: readonly GoneConsumer[], queues: readonly Queue[]): GoneConsumer[] {
  const names = new Set(queues.map((q) => queueKey(q.vhost, q.name)));
  let without = 0;
  return gone
    .filter((g) => names.has(queueKey(g.vhost, g.queue)) || ++without <= KEEP_WITHOUT_QUEUE)
    .slice(0, KEEP);
}

/**
 * Where connections are, for the next comparison: those of the reading, those that went a moment ago, and those of consumers that
 * are still listed: a node that died takes its connections out of the lists at once, its consumers a reading later.
 */
export function nodesOf(
  clients: Clients,
  before: ReadonlyMap<string, string | null>,
  gone: readonly GoneConsumer[],
  there: readonly Pick<Consumer, 'connection'>[],
): ReadonlyMap<string, string | null> {
  const now = new Map(clients.connections);
  const latest = gone[0]?.goneAt ?? 0;
  const lately = gone.filter((g) => latest - g.goneAt <= REFINE_MS);
  for (const { connection } of [...lately, ...there])
    if (!now.has(connection)) now.set(connection, before.get(connection) ?? null);
  return now;
}

/** The broker lists a consumer at first without its connection, then with it: nobody went. */
function isNamedNow(one: Consumer, arrived: readonly Consumer[]): boolean {
  return (
    one.connection === '' &&
    arrived.some((a) => a.tag === one.tag && a.queue === one.queue && a.vhost === one.vhost)
  );
}

function goneConsumer(one: Consumer, found: Found, c: Comparison): GoneConsumer {
  return {
    ...one,
    lastSeenAt: c.before.readAt,
    goneAt: c.after.readAt,
    ...deduced(one, found),
  };
}

function deduced(one: Consumer, { how, cause, node }: Found) {
  const source = 'deduced' as const;
  const { reason, check } = goneWords({ cause, code: null, source, text: null, node }, one);
  return { how, cause, code: null, source, reason, check };
}

/** What was there and what was not, put in the order in which one explains the other. */
function finder(c: Comparison): (one: Consumer) => Found {
  const { before, after, clients } = c;
  const stopped = c.stopped ?? new Set<string>();
  const [only] = after.nodes.length === 1 ? after.nodes : [];
  // most often nobody went, and nothing is looked up
  let queues: Map<string, Queue> | undefined;
  let were: Map<string, Queue> | undefined;
  return (one) => {
    queues ??= new Map(after.queues.map((q) => [queueKey(q.vhost, q.name), q]));
    were ??= new Map(before.queues.map((q) => [queueKey(q.vhost, q.name), q]));
    const node = c.wereAt?.get(one.connection) ?? only?.name ?? null;
    const connected = clients.connections.has(one.connection);
    const open = clients.channels.has(`${one.connection} (${one.channel})`);
    const key = queueKey(one.vhost, one.queue);
    const queue = were.get(key);
    const now = queues.get(key);
    const ended = { ...connectionEnded, node };
    if (c.brokerGone || (!connected && node !== null && stopped.has(node))) {
      const restarted = node !== null && stopped.has(node);
      return { how: 'broker', cause: restarted ? 'node restarted' : 'broker away', node };
    }
    if (!now) {
      // such a queue goes with its connection, or with its last consumer
      if (queue?.exclusive && !connected) return ended;
      if (queue?.autoDelete && !open) return connected ? channelClosed : ended;
      return { how: 'queue-deleted', cause: 'queue deleted', node: null };
    }
    if (!connected) return ended;
    if (!open) return channelClosed;
    // a queue's consumers at other nodes are cancelled when its node stops, unless another takes its place
    if (now.state === 'down') return { how: 'broker', cause: 'node restarted', node: now.node };
    const leader = queue?.type === 'classic' ? queue.node : null;
    if (leader !== null && stopped.has(leader))
      return { how: 'broker', cause: 'node restarted', node: leader };
    return { how: 'cancelled', cause: 'cancelled', node: null };
  };
}

const connectionEnded = { how: 'connection', cause: 'connection ended' } as const;
const channelClosed: Found = { how: 'channel', cause: 'channel closed', node: null };

/**
 * Ends reach the lists in any order, and so do beginnings: a connection that is listed for the first time after its consumer
 * went has not ended. A deleted queue may be declared again, so that its end is final.
 */
const better: Partial<Record<How, How[]>> = {
  cancelled: ['queue-deleted', 'connection', 'channel', 'broker'],
  channel: ['queue-deleted', 'connection', 'broker', 'cancelled'],
  connection: ['broker', 'channel', 'cancelled'],
};

function isBetter(found: Found, g: GoneConsumer): boolean {
  const later = g.cause === 'broker away' && found.cause === 'node restarted';
  return later || better[g.how]?.includes(found.how) === true;
}

/** What was told is not doubted any more. */
function told(g: GoneConsumer, found: Found, c: Comparison): GoneConsumer {
  if (g.source === 'told') return g;
  const refined = isBetter(found, g) ? { ...g, ...deduced(g, found) } : g;
  const why = c.told?.(refined, found.node) ?? null;
  if (why === null) return refined;
  const { cause, code, source, words, check } = why;
  // as the broker tells it: it comes back under another connection
  const how = cause === 'node restarted' ? 'broker' : refined.how;
  return { ...refined, how, cause, code, source, reason: words, check };
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
