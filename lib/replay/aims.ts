/** Where the copies of a plan lead, and what the broker says of those places. */

import type { AmqpConnection } from '../amqp/connection.ts';
import { type MayPublish, mayPublish } from '../amqp/may-publish.ts';
import { deadLetterTopology } from '../model/dead-letter-topology.ts';
import { route } from '../model/topology.ts';
import type { Address } from './origin.ts';
import { type Aim, type Asked, addressKey, type PlanInput } from './plan-input.ts';
import { findQueue } from './queue-facts.ts';
import { selectFrom } from './selection.ts';

/** Most targets that a plan names and asks about; one by routing key of its own may have thousands. */
export const MAX_TARGETS = 50;

/**
 * Each distinct exchange and key, most messages first. When not every message was read, the queues whose dead letters lead
 * here may turn up too: a copy is sent to nothing that the plan does not name. A deletion leads nowhere.
 */
export function aimsOf({
  request,
  snapshot,
  queue,
  index,
}: Omit<PlanInput, 'asked' | 'aims' | 'now'>): Aim[] {
  if (request.act === 'delete') return [];
  const sampled = request.select.kind === 'all' && index.entries.length < index.inQueue;
  const counts = new Map<string, { address: Address; messages: number | null }>();
  for (const { address } of selectFrom(index.entries, request.select)) {
    if ('cannot' in address) continue;
    const old = counts.get(addressKey(address));
    counts.set(addressKey(address), { address, messages: (old?.messages ?? 0) + 1 });
  }
  if (sampled) {
    for (const known of counts.values()) known.messages = null;
    if (request.target.kind === 'origin' || request.target.kind === 'first origin') {
      const here = deadLetterTopology(snapshot).queues.find(
        (q) => q.vhost === request.vhost && q.queue === queue.name,
      );
      for (const origin of here?.origins ?? []) {
        const address = { exchange: '', routingKey: origin.queue };
        if (!counts.has(addressKey(address))) counts.set(addressKey(address), { address, messages: null });
      }
    }
  }
  // an empty selection still shows where it would lead
  if (counts.size === 0 && request.target.kind === 'queue')
    counts.set('', { address: { exchange: '', routingKey: request.target.queue }, messages: 0 });
  return [...counts.values()]
    .map(({ address, messages }) => {
      const way = route(snapshot, request.vhost, address.exchange, [address.routingKey]);
      return {
        ...address,
        messages,
        way,
        queues: way.queues.map((name) => ({ name, queue: findQueue(snapshot, request.vhost, name) })),
      };
    })
    .sort((a, b) => (b.messages ?? 0) - (a.messages ?? 0));
}

/**
 * Asks the broker, with the user's own connection, whether copies may be written to each target, and how full those are that
 * have a limit. Sends nothing. Never throws: what was not answered is not in it.
 */
export async function askAbout(
  connection: AmqpConnection,
  aims: readonly Aim[],
  alarm: boolean,
): Promise<Asked> {
  const named = aims.slice(0, MAX_TARGETS);
  const ready = new Map<string, number>();
  const limited = named.flatMap((aim) => aim.queues).filter(({ queue }) => isLimited(queue?.limits));
  for (const { name } of limited) {
    const count = ready.has(name) ? null : await readyIn(connection, name);
    if (count !== null) ready.set(name, count);
  }
  // last: while the broker has an alarm it reads nothing more on a connection that published
  const answers = named.length > 0 && !alarm ? await mayPublish(connection, oneOfEach(named)) : [];
  const mayWrite = new Map(
    oneOfEach(named).map((a, i): [string, MayPublish] => [permissionKey(a), answers[i] ?? 'unknown']),
  );
  return {
    ready,
    mayWrite: new Map(named.map((aim) => [addressKey(aim), mayWrite.get(permissionKey(aim)) ?? 'unknown'])),
  };
}

/** The default exchange is one permission for all its queues; any other may be a topic exchange, with one for each key. */
function permissionKey(a: Address): string {
  return a.exchange === '' ? '' : addressKey(a);
}

function oneOfEach(aims: readonly Aim[]): Aim[] {
  return [...new Map(aims.map((aim) => [permissionKey(aim), aim])).values()];
}

function isLimited(limits: { maxLength: number | null; maxLengthBytes: number | null } | undefined): boolean {
  return limits !== undefined && (limits.maxLength !== null || limits.maxLengthBytes !== null);
}

async function readyIn(connection: AmqpConnection, queue: string): Promise<number | null> {
  try {
    const channel = await connection.channel();
    const { messageCount } = await channel.checkQueue(queue);
    await channel.close();
    return messageCount;
  } catch {
    // it went away meanwhile: the snapshot's figure is all that is known
    return null;
  }
}
