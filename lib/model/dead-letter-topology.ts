/**
 * Where dead letters go, read off a snapshot: DLX by argument or policy, the bindings of that exchange, alternate
 * exchanges. No queue is judged by its name. The broker drops a dead letter without a word when its exchange does not
 * exist or routes it nowhere, so `lost` can only be found here, before it happens.
 */
import { type Binding, isOwnQueue, type Queue, queueKey, type Snapshot, versionParts } from './broker.ts';
import { type Key, Routes } from './dead-letter-routes.ts';
import { circles, type Edge, inRetryLoop } from './retry-loops.ts';

export interface DeadLetterOrigin {
  queue: string;
  exchange: string;
  routingKey: string | null;
  from: 'argument' | 'policy';
}

export interface DeadLetterTopology {
  /**
   * Queues that receive dead letters. `retry`: part of a loop (work queue, waiting queue, back again), so that messages
   * in it are not given up but on their way.
   */
  queues: { vhost: string; queue: string; origins: DeadLetterOrigin[]; retry: boolean }[];
  /** Queues some or all of whose dead letters would vanish, with why and the fix in words. */
  lost: { vhost: string; queue: string; exchange: string; words: string }[];
  /**
   * Rings of queues in each of which messages die by themselves: one that goes round without being rejected is dropped
   * where it comes back to. `exchange`: the DLX of the first.
   */
  rings: { vhost: string; queues: string[]; exchange: string; words: string }[];
  /**
   * Existing exchanges through which dead letters come, each with the keys by which a private queue must be bound to get
   * a copy of them without changing where they go. `keys` empty: cannot be tapped (default exchange, a plugin's type, or
   * a binding that would take messages away from an alternate exchange or from a queue that holds them back).
   */
  exchanges: { vhost: string; exchange: string; type: string; keys: string[] }[];
}

type DeadQueue = Queue & { deadLetter: NonNullable<Queue['deadLetter']> };

/** Pure. While exchanges or bindings could not be read, nothing is said to be lost. */
export function deadLetterTopology(s: Snapshot): DeadLetterTopology {
  const routes = new Routes(s);
  const blind = s.missing.some((m) => m.what === 'exchanges' || m.what === 'bindings');
  const found = new Map<
    string,
    { vhost: string; queue: string; origins: DeadLetterOrigin[]; retry: boolean }
  >();
  const lost: DeadLetterTopology['lost'] = [];
  const edges: Edge[] = [];
  const sources = new Map<string, DeadQueue[]>();

  for (const queue of s.queues) {
    if (!hasDeadLetter(queue) || isOwnQueue(queue.name)) continue;
    const { exchange, routingKey, from } = queue.deadLetter;
    const through = queueKey(queue.vhost, exchange);
    const sharing = sources.get(through);
    if (sharing) sharing.push(queue);
    else sources.set(through, [queue]);

    for (const target of targetsOf(routes, queue)) {
      const key = queueKey(queue.vhost, target);
      const entry = found.get(key) ?? { vhost: queue.vhost, queue: target, origins: [], retry: false };
      entry.origins.push({ queue: queue.name, exchange, routingKey, from });
      found.set(key, entry);
      edges.push([queueKey(queue.vhost, queue.name), key]);
    }
    const words = blind
      ? null
      : (lostWords(routes, queue) ?? oldStreamWords(s, queue, targetsOf(routes, queue)));
    if (words !== null) lost.push({ vhost: queue.vhost, queue: queue.name, exchange, words });
  }
  const expiring = s.queues
    .filter((q) => q.limits.messageTtlMs !== null)
    .map((q) => queueKey(q.vhost, q.name));
  for (const key of inRetryLoop(edges, new Set(expiring))) {
    const entry = found.get(key);
    if (entry) entry.retry = true;
  }
  const byKey = new Map(s.queues.map((q) => [queueKey(q.vhost, q.name), q]));
  for (const entry of found.values()) entry.retry ||= isWayBack(byKey, entry);
  return {
    queues: [...found.values()],
    lost,
    rings: blind ? [] : ringsIn(s, routes),
    exchanges: tappable(routes, sources),
  };
}

/** Only what is sure to turn: keys that are known, and queues whose messages expire or are pushed out. */
function ringsIn(s: Snapshot, routes: Routes): DeadLetterTopology['rings'] {
  const dying = s.queues.filter(hasDeadLetter).filter(diesByItself);
  const byKey = new Map(dying.map((q) => [queueKey(q.vhost, q.name), q]));
  const edges = dying.flatMap((q) =>
    keysOf(routes, q)
      .filter(({ key, sure }) => sure && !key.pattern)
      .flatMap(({ key }) => routes.reach(q.vhost, q.deadLetter.exchange, key).queues)
      .map((to): Edge => [queueKey(q.vhost, q.name), queueKey(q.vhost, to)]),
  );
  return circles(edges).flatMap((keys) => {
    const queues = keys.flatMap((key) => byKey.get(key) ?? []);
    const [first] = queues;
    if (!first) return [];
    const names = queues.map((q) => q.name);
    return [
      {
        vhost: first.vhost,
        queues: names,
        exchange: first.deadLetter.exchange,
        words: `Dead letters turn in a ring: ${[...names, first.name].join(' → ')}. In each of these queues messages expire or are pushed out, and the broker drops one that comes back without having been rejected on its way, without a word. Let the ring end in a queue without a time to live and without a limit.`,
      },
    ];
  });
}

function diesByItself({ limits }: Queue): boolean {
  const { messageTtlMs, maxLength, maxLengthBytes, overflow } = limits;
  const limited = maxLength !== null || maxLengthBytes !== null;
  return messageTtlMs !== null || (limited && (overflow === null || overflow === 'drop-head'));
}

/**
 * A work queue that gets only what waited out its time elsewhere: the origins have a time to live and nobody consumes
 * from them, somebody consumes here. That is a retry after a delay (a service sends to the waiting queue itself, so that
 * no loop shows in the configuration); nothing has been given up.
 */
function isWayBack(
  queues: ReadonlyMap<string, Queue>,
  to: { vhost: string; queue: string; origins: readonly { queue: string }[] },
): boolean {
  if (!queues.get(queueKey(to.vhost, to.queue))?.consumers) return false;
  return to.origins.every((o) => {
    const origin = queues.get(queueKey(to.vhost, o.queue));
    return origin?.consumers === 0 && origin.limits.messageTtlMs !== null;
  });
}

function hasDeadLetter(queue: Queue): queue is DeadQueue {
  return queue.deadLetter !== null;
}

/** The keys with which the queue's dead letters are published; `sure` false: only messages of the default exchange bear it. */
function keysOf(routes: Routes, queue: DeadQueue): { key: Key; sure: boolean }[] {
  if (queue.deadLetter.routingKey !== null)
    return [{ key: { text: queue.deadLetter.routingKey, pattern: false }, sure: true }];
  const arriving = routes.keysInto(queue.vhost, queue.name);
  const own = { text: queue.name, pattern: false };
  return [...arriving.map((key) => ({ key, sure: true })), { key: own, sure: arriving.length === 0 }];
}

function targetsOf(routes: Routes, queue: DeadQueue): string[] {
  const targets = new Set<string>();
  // Back into itself only when nothing else is possible: else a guess would make every such queue its own retry loop.
  for (const { key, sure } of keysOf(routes, queue))
    for (const target of routes.reach(queue.vhost, queue.deadLetter.exchange, key).queues)
      if (target !== queue.name || (sure && queue.deadLetter.exchange !== '')) targets.add(target);
  return [...targets];
}

/**
 * Before 3.11.14 dead letters that are meant for a stream vanish (measured on 3.10.8; rabbitmq-server's pull request 7846
 * mended it), unless a quorum queue sends them at-least-once.
 */
function oldStreamWords(s: Snapshot, queue: DeadQueue, targets: readonly string[]): string | null {
  const { major, minor, patch } = versionParts(s.version);
  const old = major === 3 && (minor < 11 || (minor === 11 && patch < 14));
  if (!old || (queue.type === 'quorum' && queue.deadLetter.strategy === 'at-least-once')) return null;
  const stream = s.queues.find(
    (q) => q.type === 'stream' && q.vhost === queue.vhost && targets.includes(q.name),
  );
  return stream
    ? `${stream.name} is a stream: RabbitMQ ${s.version} drops dead letters that are meant for a stream without a word. Give it a queue instead, or take a quorum queue with x-dead-letter-strategy at-least-once as their origin.`
    : null;
}

function lostWords(routes: Routes, queue: DeadQueue): string | null {
  const { exchange, from } = queue.deadLetter;
  const set = from === 'argument' ? "the queue's argument x-dead-letter-exchange" : 'its policy';
  if (exchange !== '' && !routes.exists(queue.vhost, exchange))
    return `Exchange ${exchange} does not exist: the broker drops every dead letter of this queue without a word. Declare the exchange and bind a queue to it, or correct ${set}.`;

  const keys = keysOf(routes, queue).filter(({ sure }) => sure);
  const nowhere = keys.filter(({ key }) => routes.reach(queue.vhost, exchange, key).nowhere);
  if (nowhere.length > 0) {
    const which = nowhere.map(({ key }) => `"${key.text}"`).join(', ');
    const some = nowhere.length < keys.length ? 'those dead letters' : 'every dead letter of this queue';
    return exchange === ''
      ? `No queue is named ${which}, where the default exchange would send its dead letters: the broker drops ${some} without a word. Declare that queue, or correct ${set}.`
      : `Nothing bound to exchange ${exchange} takes routing key ${which}: the broker drops ${some} without a word. Bind a queue to ${exchange}, or give the exchange an alternate.`;
  }
  const [only] = keys;
  if (exchange === '' && keys.length === 1 && only?.key.text === queue.name)
    return `Dead letters go through the default exchange back into this queue: the broker drops those that expired or were over the limit (a cycle), and rejected ones turn in circles. Give it a dead-letter routing key.`;
  return null;
}

function tappable(
  routes: Routes,
  sources: ReadonlyMap<string, DeadQueue[]>,
): DeadLetterTopology['exchanges'] {
  return [...sources.values()].flatMap((queues) => {
    const [first] = queues;
    if (!first) return [];
    const { vhost } = first;
    const { exchange } = first.deadLetter;
    if (exchange === '') return [{ vhost, exchange, type: 'direct', keys: [] }];
    const known = routes.exchange(vhost, exchange);
    if (!known) return [];
    const bound = routes.from(vhost, exchange);
    // A binding of ours makes a message routable. Where that changes its fate, only copy what is taken by others anyway.
    const careful = known.alternate !== null || queues.some((q) => q.deadLetter.strategy === 'at-least-once');
    return [{ vhost, exchange, type: known.type, keys: tapKeys(routes, known.type, careful, bound, queues) }];
  });
}

function tapKeys(
  routes: Routes,
  type: string,
  careful: boolean,
  bound: readonly Binding[],
  queues: readonly DeadQueue[],
): string[] {
  const theirs = [...new Set(bound.map((b) => b.routingKey))];
  if (type === 'fanout') return careful && bound.length === 0 ? [] : [''];
  if (type === 'headers') return careful ? [] : [''];
  if (type === 'topic') return careful ? theirs : ['#'];
  if (type !== 'direct') return [];
  if (careful) return theirs;
  const arriving = queues.flatMap((q) => keysOf(routes, q)).filter(({ key }) => !key.pattern);
  return [...new Set([...theirs, ...arriving.map(({ key }) => key.text)])];
}
