/**
 * What the event exchange and the log say, as events in plain words. Pure but for what it remembers: ends are held back for
 * a moment, since the reason of an end stands in the log alone and comes on another way.
 *
 *   event: connection.closed ──┐
 *   log:   … missed heartbeats ┴─ HOLD_MS ──▶ one event with the reason, and one for each consumer that went with it
 */
import { isOwnQueue } from '../model/broker.ts';
import type { BrokerEvent } from '../model/broker-event.ts';
import { BrokerClients, type KnownConnection, type KnownConsumer } from './broker-clients.ts';
import { closedByClient, type End, Ends, endFields } from './broker-ends.ts';
import { type Headers, headersSchema } from './broker-event-headers.ts';
import {
  alarmWords,
  by,
  closedWords,
  type Draft,
  draft,
  isOurs,
  nameOf,
  nodeEvent,
  of,
} from './broker-event-words.ts';
import { type LogConnection, readLog } from './broker-log.ts';

/** How long an end waits for its reason. */
export const HOLD_MS = 1_000;
/** A node that starts is up, down and up again to its peers, within a second. */
const BOOTS_MS = 5_000;
/** From the first word that a node stops, or is there again, to the last of its peers'. */
const SAME_NODE_MS = 60_000;

interface Held {
  due: number;
  make: () => BrokerEvent | null;
}

export class BrokerEvents {
  readonly #clients = new BrokerClients();
  readonly #ends = new Ends();
  readonly #ended: () => void;
  /** Those that were heard of. */
  readonly #nodes = new Set<string>();
  #held: Held[] = [];
  /** What was told of a node last: it says so itself, and so does each of its peers. */
  readonly #nodeSaid = new Map<string, { up: boolean; at: number }>();
  /** By process: when that was told, for as long as an end is held back. */
  readonly #closedChannels = new Map<string, number>();

  /** `ended` is called at once when a consumer ended, or may have: what is told of it follows. */
  constructor(ended: () => void = () => {}) {
    this.#ended = ended;
  }

  hearsLog(yes: boolean): void {
    this.#ends.hearsLog = yes;
  }

  /** Those that were there when we began to listen. */
  seed(connections: readonly KnownConnection[], consumers: readonly KnownConsumer[]): void {
    this.#clients.seed(connections, consumers);
  }

  /** `headers` as AMQP gave them. Answers what can be told at once. */
  event(routingKey: string, headers: unknown, now: number): BrokerEvent[] {
    const parsed = headersSchema.safeParse(headers);
    if (!parsed.success) return [];
    const h = parsed.data;
    if (h.node) this.#nodes.add(h.node);
    const event = this.#read(routingKey, h, now);
    return event ? [event] : [];
  }

  /** One message of the log exchange; `node` wrote it. */
  log(line: string, node: string | null, now: number): BrokerEvent[] {
    if (node !== null) this.#nodes.add(node);
    const news = readLog(line);
    if (!news) return [];
    if (news.about === 'node') return this.#node(news.node ?? node, news.up, now);
    if (news.about === 'process') {
      const connection = this.#clients.connectionAt(node, news.pid);
      return connection ? this.#told(connection, null, news.end, node, now) : [];
    }
    if (news.end === null) {
      this.#closedInOrder(news.connection, node, now);
      return [];
    }
    return this.#told(news.connection, news.about === 'channel' ? news.channel : null, news.end, node, now);
  }

  /** The node of our own connection, which the broker names `name`, closed it because it shuts down. */
  shutDown(name: string | null, now: number): BrokerEvent[] {
    const [only = null, ...others] = this.#nodes;
    return this.#node(
      this.#clients.connection(name)?.node ?? (others.length === 0 ? only : null),
      false,
      now,
    );
  }

  #node(node: string | null, up: boolean, now: number): BrokerEvent[] {
    if (node === null) return [];
    const said = this.#nodeSaid.get(node);
    if (!up && said?.up && now - said.at < BOOTS_MS) return [];
    if (up) this.#ends.nodeRuns(node);
    else {
      this.#ends.nodeStopped(node, now);
      this.#ended();
    }
    // it boots for the first time that we see: nobody told of its end, and what follows is none
    if (up && !said && !this.#nodes.has(node)) this.#nodeSaid.set(node, { up, at: now });
    // a node that starts says of all its peers that they are up
    if (up ? said?.up !== false : said?.up === false && now - said.at < SAME_NODE_MS) return [];
    this.#nodeSaid.set(node, { up, at: now });
    return [nodeEvent(node, up, now)];
  }

  #told(
    said: LogConnection,
    channel: number | null,
    end: End,
    node: string | null,
    now: number,
  ): BrokerEvent[] {
    const { vhost, user, client } = { ...said, ...this.#clients.connection(said.name) };
    if (isOurs(client) || !this.#ends.told(channelName(said.name, channel), end, now)) return [];
    if (vhost === null) return [];
    this.#ended();
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
        words: `${what} ${nameOf(said.name, client)}${of(user)} ended: ${end.words}.`,
        ...endFields(end),
      }),
    ];
  }

  /** The event of it says so too, where events come. */
  #closedInOrder(said: LogConnection, node: string | null, now: number): void {
    const { name } = said;
    const { vhost, user, client } = { ...said, ...this.#clients.connection(name) };
    if (isOurs(client) || vhost === null) return;
    this.#ends.closedInOrder(name, now);
    this.#hold(now, () => {
      if (this.#ends.toldOf(name, now) !== null || this.#ends.seen(name, now)) return null;
      return draft({
        at: now,
        kind: 'connection.closed',
        source: 'log',
        vhost,
        connection: name,
        user,
        node,
        words: `Connection ${nameOf(name, client)}${of(user)} was closed in good order by its client.`,
        ...endFields(closedByClient),
      });
    });
  }

  /** What was held back long enough. */
  due(now: number): BrokerEvent[] {
    const ripe = this.#held.filter((one) => one.due <= now);
    this.#held = this.#held.filter((one) => one.due > now);
    const events = ripe.flatMap((one) => one.make() ?? []);
    this.#ends.prune(now);
    for (const [pid, at] of this.#closedChannels)
      if (now - at > 2 * HOLD_MS) this.#closedChannels.delete(pid);
    if (events.some((e) => e.kind === 'consumer.deleted')) this.#ended();
    return events;
  }

  #read(key: string, h: Headers, now: number): BrokerEvent | null {
    const base = {
      at: h.timestamp_in_ms,
      source: 'event',
      vhost: h.vhost ?? '',
      node: h.node ?? null,
    } as const;
    const who = h.user_who_performed_action ?? null;
    // what the broker does by itself
    const actor = who === 'rmq-internal' ? null : who;
    switch (key) {
      case 'connection.created': {
        const { name, vhost, user = null, node = null, user_provided_name: client = null } = h;
        if (!name || vhost === null || vhost === undefined) return null;
        this.#clients.opened(h.pid ?? '', { name, vhost, user, client, node });
        if (node !== null) this.#ends.nodeRuns(node);
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
        if (gone && !isOwnQueue(gone.queue))
          this.#consumerEnded(gone, base.at, now, actor, { pid: h.channel ?? '' });
        return null;
      }
      case 'channel.closed': {
        const { name, consumers } = this.#clients.channelGone(h.pid ?? '');
        this.#closedChannels.set(h.pid ?? '', now);
        for (const one of consumers) this.#consumerEnded(one, base.at, now, null, { name });
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
    this.#ends.queueDeleted(h.vhost ?? '', name, actor, now);
    const words =
      actor === null
        ? `Queue ${name} was deleted by the broker: it expired, or went with its last consumer or its connection.`
        : `Queue ${name} was deleted${by(actor)}.`;
    return draft({ ...base, kind, queue: name, user: actor, words, cause: 'queue deleted' });
  }

  #connectionEnded(h: Headers, now: number): void {
    const { name = null, timestamp_in_ms: at, user_provided_name: client = null } = h;
    if (name === null) return;
    const known = this.#clients.connection(name);
    const { consumers, abrupt } = this.#clients.connectionGone(h.pid ?? '', name);
    this.#ends.closed(name, abrupt, now);
    for (const one of consumers) this.#consumerEnded(one, at, now, null);
    // a login that failed, and what was there before we came and cannot be placed
    if (!known || isOurs(client ?? known.client)) return;
    this.#hold(now, () => {
      this.#clients.forget(name);
      const { vhost, user } = known;
      const node = h.node ?? known.node;
      // the log has told it, with the reason
      if (this.#ends.toldOf(name, now) !== null) return null;
      const end = this.#ends.ofConnection(name, node, now);
      return draft({
        at,
        kind: 'connection.closed',
        source: 'event',
        vhost,
        connection: name,
        user,
        node,
        words: `Connection ${nameOf(name, client)}${of(user)} ${closedWords(end)}.`,
        ...(end ? endFields(end) : {}),
      });
    });
  }

  #consumerEnded(
    one: KnownConsumer,
    at: number,
    now: number,
    actor: string | null,
    channel: { name?: string | null; pid?: string } = {},
  ): void {
    const connection = this.#clients.connection(one.connection);
    if (isOurs(connection?.client ?? null) || isOwnQueue(one.queue)) return;
    const channelName = channel.name ?? this.#clients.channel(one.channelPid)?.name ?? null;
    const node = connection?.node ?? null;
    this.#ended();
    this.#hold(now, () => {
      // by now its channel's own end would have been told
      const lives = channel.pid !== undefined && !this.#closedChannels.has(channel.pid);
      const end = this.#ends.ofConsumer(one, { channel: channelName, node, now, lives }, actor);
      return draft({
        ...this.#ofConsumer(one),
        ...(end.node === undefined ? {} : { node: end.node }),
        at,
        kind: 'consumer.deleted',
        source: 'event',
        words: `Consumer ${one.tag} of queue ${one.queue} went away: ${end.words}.`,
        ...endFields(end),
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
