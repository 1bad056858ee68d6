/**
 * What the event exchange and the log say, as events in plain words. Pure but for what it remembers: ends are held back for
 * a moment, since the reason of an end stands in the log alone and comes on another way.
 *
 *   event: connection.closed ──┐
 *   log:   … missed heartbeats ┴─ HOLD_MS ──▶ one event with the reason, and one for each consumer that went with it
 */
import { z } from 'zod';
import { isOwnQueue } from '../model/broker.ts';
import type { BrokerEvent } from '../model/broker-event.ts';
import { BrokerClients, type KnownConnection, type KnownConsumer } from './broker-clients.ts';
import { alarmWords, by, type Draft, draft, isOurs, nameOf, of } from './broker-event-words.ts';
import { type LogConnection, readLog } from './broker-log.ts';
import { Reasons } from './broker-reasons.ts';

/** How long an end waits for its reason. */
export const HOLD_MS = 1_000;
/** How long a queue's end explains that of its consumers. */
const DELETED_MS = 10_000;

/** Of what all events tell; what a version leaves out is null. */
const text = z.string().nullish().catch(null);
const headersSchema = z.object({
  timestamp_in_ms: z.number(),
  user_who_performed_action: text,
  vhost: text,
  name: text,
  user: text,
  user_provided_name: text,
  node: text,
  pid: text,
  connection: text,
  channel: text,
  consumer_tag: text,
  queue: text,
  source: text,
});
type Headers = z.infer<typeof headersSchema>;

const ABRUPT = 'its connection ended without being closed';
const ORDERLY = 'its connection was closed in good order';

interface Held {
  due: number;
  make: () => BrokerEvent | null;
}

export class BrokerEvents {
  readonly #clients = new BrokerClients();
  /** Why a connection (its name) or a channel (`name (2)`) ended. */
  readonly #reasons = new Reasons();
  /** How a connection ended, as far as events alone tell. */
  readonly #ends = new Reasons();
  /** When a queue was deleted. */
  readonly #deleted = new Map<string, number>();
  #held: Held[] = [];

  /** Those that were there when we began to listen. */
  seed(connections: readonly KnownConnection[], consumers: readonly KnownConsumer[]): void {
    this.#clients.seed(connections, consumers);
  }

  /** `headers` as AMQP gave them. Answers what can be told at once. */
  event(routingKey: string, headers: unknown, now: number): BrokerEvent[] {
    const parsed = headersSchema.safeParse(headers);
    if (!parsed.success) return [];
    const h = parsed.data;
    const event = this.#read(routingKey, h, now);
    return event ? [event] : [];
  }

  /** One message of the log exchange; `node` wrote it. */
  log(line: string, node: string | null, now: number): BrokerEvent[] {
    const news = readLog(line);
    if (!news) return [];
    if (news.about === 'node') return [nodeUp(news.node, now)];
    if (news.about === 'process') {
      const connection = this.#clients.connectionAt(node, news.pid);
      return connection ? this.#ended(connection, null, news.reason, node, now) : [];
    }
    if (news.reason === null) return [];
    const channel = news.about === 'channel' ? news.channel : null;
    return this.#ended(news.connection, channel, news.reason, node, now);
  }

  #ended(
    said: LogConnection,
    channel: number | null,
    reason: string,
    node: string | null,
    now: number,
  ): BrokerEvent[] {
    const known = this.#clients.connection(said.name);
    const { vhost, user, client } = { ...said, ...known };
    if (isOurs(client) || !this.#reasons.note(channelName(said.name, channel), reason, now)) return [];
    if (vhost === null) return [];
    const what = channel === null ? 'Connection' : `Channel ${channel} of connection`;
    return [
      draft({
        at: now,
        kind: channel === null ? 'connection.closed' : 'channel.closed',
        source: 'log',
        vhost,
        connection: said.name,
        user,
        node,
        words: `${what} ${nameOf(said.name, client)}${of(user)} ended: ${reason}.`,
      }),
    ];
  }

  /** What was held back long enough. */
  due(now: number): BrokerEvent[] {
    const ripe = this.#held.filter((one) => one.due <= now);
    this.#held = this.#held.filter((one) => one.due > now);
    const events = ripe.flatMap((one) => one.make() ?? []);
    this.#reasons.prune(now);
    this.#ends.prune(now);
    for (const [key, at] of this.#deleted) if (now - at > DELETED_MS) this.#deleted.delete(key);
    return events;
  }

  #read(key: string, h: Headers, now: number): BrokerEvent | null {
    const base = {
      at: h.timestamp_in_ms,
      source: 'event',
      vhost: h.vhost ?? '',
      node: h.node ?? null,
    } as const;
    const actor = h.user_who_performed_action ?? null;
    switch (key) {
      case 'connection.created': {
        const { name, vhost, user = null, node = null, user_provided_name: client = null } = h;
        if (!name || vhost === null || vhost === undefined) return null;
        this.#clients.opened(h.pid ?? '', { name, vhost, user, client, node });
        if (isOurs(client)) return null;
        return draft({
          ...base,
          kind: 'connection.created',
          connection: name,
          user,
          words: `Connection ${nameOf(name, client)}${of(user)} opened.`,
        });
      }
      case 'channel.created':
        this.#clients.channelOpened(h.pid ?? '', h.connection ?? '', h.name ?? null);
        return null;
      case 'consumer.created': {
        if (!h.queue || isOwnQueue(h.queue)) return null;
        const one = this.#clients.consumes(h.channel ?? '', h.vhost ?? '', h.queue, h.consumer_tag ?? '');
        return draft({
          ...base,
          ...this.#ofConsumer(one),
          kind: 'consumer.created',
          words: `Consumer ${one.tag} of queue ${one.queue} began${this.#at(one.connection)}.`,
        });
      }
      case 'consumer.deleted': {
        const gone = this.#clients.consumerGone(
          h.channel ?? '',
          h.vhost ?? '',
          h.queue ?? '',
          h.consumer_tag ?? '',
        );
        if (gone && !isOwnQueue(gone.queue)) this.#consumerEnded(gone, base.at, now, actor);
        return null;
      }
      case 'channel.closed': {
        const { name, consumers } = this.#clients.channelGone(h.pid ?? '');
        for (const one of consumers) this.#consumerEnded(one, base.at, now, null, name);
        return null;
      }
      case 'connection.closed':
        this.#connectionEnded(h, now);
        return null;
      case 'queue.created':
      case 'queue.deleted':
        return this.#queue(key, h, base, actor, now);
      case 'alarm.set':
      case 'alarm.cleared':
        return draft({
          ...base,
          vhost: '',
          kind: key,
          words: alarmWords(key === 'alarm.set', h.source ?? 'resource', h.node ?? null),
        });
      case 'policy.set':
      case 'policy.cleared':
      case 'operator.policy.cleared':
        return draft({
          ...base,
          kind: 'policy.changed',
          user: actor,
          words: `Policy ${h.name ?? ''} was ${key === 'policy.set' ? 'set' : 'removed'}${by(actor)}.`,
        });
      default:
        return null;
    }
  }

  #queue(
    kind: 'queue.created' | 'queue.deleted',
    h: Headers,
    base: Pick<Draft, 'at' | 'source' | 'vhost' | 'node'>,
    actor: string | null,
    now: number,
  ): BrokerEvent | null {
    const name = h.name ?? '';
    if (name === '' || isOwnQueue(name)) return null;
    if (kind === 'queue.created')
      return draft({
        ...base,
        kind,
        queue: name,
        user: actor,
        words: `Queue ${name} was declared${by(actor)}.`,
      });
    this.#deleted.set(`${h.vhost}\0${name}`, now);
    const words =
      actor === null || actor === 'rmq-internal'
        ? `Queue ${name} was deleted by the broker: it expired, or went with its last consumer or its connection.`
        : `Queue ${name} was deleted${by(actor)}.`;
    return draft({ ...base, kind, queue: name, user: actor, words });
  }

  #connectionEnded(h: Headers, now: number): void {
    const { name = null, timestamp_in_ms: at, user_provided_name: client = null } = h;
    if (name === null) return;
    const known = this.#clients.connection(name);
    const { consumers, abrupt } = this.#clients.connectionGone(h.pid ?? '', name);
    this.#ends.note(name, abrupt ? ABRUPT : ORDERLY, now);
    for (const one of consumers) this.#consumerEnded(one, at, now, null);
    // a login that failed, and what was there before we came and cannot be placed
    if (!known || isOurs(client ?? known.client)) return;
    this.#hold(now, () => {
      this.#clients.forget(name);
      const { vhost, user } = known;
      // the log has told it, with the reason
      if (this.#reasons.near(name, now) !== null) return null;
      const how = abrupt
        ? 'ended without being closed: its process ended or was killed, it hung, or the network broke. The broker’s log says which'
        : 'was closed in good order, by its client or an operator';
      return draft({
        at,
        kind: 'connection.closed',
        source: 'event',
        vhost,
        connection: name,
        user,
        node: h.node ?? known.node,
        words: `Connection ${nameOf(name, client)}${of(user)} ${how}.`,
      });
    });
  }

  #consumerEnded(
    one: KnownConsumer,
    at: number,
    now: number,
    actor: string | null,
    channel?: string | null,
  ): void {
    const connection = this.#clients.connection(one.connection);
    if (isOurs(connection?.client ?? null) || isOwnQueue(one.queue)) return;
    const channelName = channel ?? this.#clients.channel(one.channelPid)?.name ?? null;
    this.#hold(now, () => {
      const reason =
        (this.#deleted.has(`${one.vhost}\0${one.queue}`) && 'its queue was deleted') ||
        this.#reasons.near(channelName, now) ||
        this.#reasons.near(one.connection, now) ||
        this.#ends.near(one.connection, now) ||
        (actor !== null && actor !== 'rmq-internal' && 'its client cancelled it') ||
        'its channel ended, the connection lives';
      return draft({
        ...this.#ofConsumer(one),
        at,
        kind: 'consumer.deleted',
        source: 'event',
        words: `Consumer ${one.tag} of queue ${one.queue} went away: ${reason}.`,
      });
    });
  }

  #ofConsumer(
    one: KnownConsumer,
  ): Pick<BrokerEvent, 'vhost' | 'queue' | 'connection' | 'consumerTag' | 'user' | 'node'> {
    const { vhost, queue, connection, tag: consumerTag } = one;
    const known = this.#clients.connection(connection);
    return { vhost, queue, connection, consumerTag, user: known?.user ?? null, node: known?.node ?? null };
  }

  #at(connection: string | null): string {
    if (connection === null) return '';
    return ` at connection ${nameOf(connection, this.#clients.connection(connection)?.client ?? null)}`;
  }

  #hold(now: number, make: Held['make']): void {
    this.#held.push({ due: now + HOLD_MS, make });
  }
}

function channelName(connection: string, channel: number | null): string {
  return channel === null ? connection : `${connection} (${channel})`;
}

/** Every other node says so, at about the same time: it is one event. */
function nodeUp(node: string, now: number): BrokerEvent {
  const about = Math.floor(now / 10_000) * 10_000;
  const event = draft({ at: about, kind: 'node.started', source: 'log', words: `Node ${node} is up.`, node });
  return { ...event, at: now };
}
