/** How events of the broker are written down. */
import { createHash } from 'node:crypto';
import type { BrokerEvent } from '../model/broker-event.ts';
import type { End } from './broker-ends.ts';

export type Draft = Pick<BrokerEvent, 'at' | 'kind' | 'source' | 'words'> & Partial<BrokerEvent>;

/** What is the same has the same ID, so that it is stored once. */
export function draft(d: Draft): BrokerEvent {
  const { cause, code, text, deduced } = d;
  const { vhost = '', queue = null, connection = null, consumerTag = null, user = null, node = null } = d;
  const same = JSON.stringify([d.kind, d.source, d.at, vhost, queue, connection, consumerTag, node, d.words]);
  const id = `${Math.floor(d.at).toString(16).padStart(12, '0')}-${createHash('sha256').update(same).digest('hex').slice(0, 16)}`;
  return {
    id,
    at: d.at,
    kind: d.kind,
    source: d.source,
    vhost,
    queue,
    connection,
    consumerTag,
    user,
    node,
    words: d.words,
    ...(cause === undefined ? {} : { cause }),
    ...(code === undefined ? {} : { code }),
    ...(text === undefined ? {} : { text }),
    ...(deduced === undefined ? {} : { deduced }),
  };
}

/** Our own comings and goings are no news. */
export function isOurs(client: string | null): boolean {
  return client !== null && /^hoplight\b/i.test(client);
}

export function nameOf(name: string, client: string | null | undefined): string {
  return client ? `${client} (${name})` : name;
}

/** ` by ann`, of who did it. */
export function by(user: string | null | undefined): string {
  return user ? ` by ${user}` : '';
}

export function alarmWords(set: boolean, source: string, node: string | null): string {
  const where = node === null ? '' : ` at node ${node}`;
  return set
    ? `A ${source} alarm began${where}: the broker takes no publishes until it is over.`
    : `The ${source} alarm${where} is over: publishes are taken again.`;
}

/** ` of user ann`, of whose it is. */
export function of(user: string | null | undefined): string {
  return user ? ` of user ${user}` : '';
}

/** How a connection ended, after its name. */
export function closedWords(end: End | null): string {
  if (end?.cause === 'node restarted') return `ended: ${end.words}`;
  if (end?.cause === 'client lost')
    return 'ended without being closed: its process ended or was killed, it hung, or the network broke. The broker’s log says which';
  return `was closed in good order, by its client${end?.deduced ? ' or an operator' : ''}`;
}

/** Every other node says so, at about the same time: it is one event. */
export function nodeEvent(node: string, up: boolean, now: number): BrokerEvent {
  const about = Math.floor(now / 10_000) * 10_000;
  const event = draft({
    at: about,
    kind: up ? 'node.started' : 'node.stopped',
    source: 'log',
    words: up ? `Node ${node} is up.` : `Node ${node} stopped.`,
    node,
    ...(up ? {} : { cause: 'node restarted' as const }),
  });
  return { ...event, at: now };
}
