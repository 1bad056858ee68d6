/**
 * The broker's clients as events tell of them: consumer, then channel, then connection, each named by the process of the
 * one above. What was there before is told by a reading of the management API, without processes.
 */

export interface KnownConnection {
  name: string;
  vhost: string;
  user: string | null;
  /** Its own name for itself. */
  client: string | null;
  node: string | null;
}

export interface KnownConsumer {
  /** null: seen in a reading only. */
  channelPid: string | null;
  connection: string | null;
  vhost: string;
  queue: string;
  tag: string;
}

export interface BrokersClients {
  connections: KnownConnection[];
  consumers: KnownConsumer[];
}

interface Channel {
  connection: string | null;
  /** As the broker names it: `127.0.0.1:50000 -> 127.0.0.1:5672 (2)`. */
  name: string | null;
  consumers: Map<string, KnownConsumer>;
}

/** More than this of a kind, and the oldest are forgotten. */
const MOST = 50_000;

export class BrokerClients {
  readonly #connections = new Map<string, KnownConnection>();
  readonly #connectionOfPid = new Map<string, string>();
  /** By process. */
  readonly #channels = new Map<string, Channel>();
  /** Processes of a connection's channels. */
  readonly #channelsOf = new Map<string, Set<string>>();
  /** From readings, by `consumerKey`. */
  readonly #read = new Map<string, KnownConsumer>();

  seed(connections: readonly KnownConnection[], consumers: readonly KnownConsumer[]): void {
    for (const one of connections)
      if (!this.#connections.has(one.name)) put(this.#connections, one.name, one);
    for (const one of consumers) {
      const key = consumerKey(one.vhost, one.queue, one.tag);
      if (!this.#channelsAt(one.connection).some((c) => c.consumers.has(key))) put(this.#read, key, one);
    }
  }

  connection(name: string | null): KnownConnection | undefined {
    return name === null ? undefined : this.#connections.get(name);
  }

  /** `pid` as that node's log writes it, `842.0`. */
  connectionAt(node: string | null, pid: string): KnownConnection | undefined {
    return this.connection(this.#connectionOfPid.get(`${node} ${pid}`) ?? null);
  }

  channel(pid: string | null): Channel | undefined {
    return pid === null ? undefined : this.#channels.get(pid);
  }

  opened(pid: string, connection: KnownConnection): void {
    put(this.#connections, connection.name, connection);
    put(this.#connectionOfPid, localPid(pid), connection.name);
  }

  channelOpened(pid: string, connectionPid: string, name: string | null): void {
    const connection =
      this.#connectionOfPid.get(localPid(connectionPid)) ?? name?.replace(/ \(\d+\)$/, '') ?? null;
    put(this.#channels, pid, { connection, name, consumers: new Map() });
    if (connection === null) return;
    const pids = this.#channelsOf.get(connection) ?? new Set();
    put(this.#channelsOf, connection, pids.add(pid));
  }

  consumes(channelPid: string, vhost: string, queue: string, tag: string): KnownConsumer {
    const channel = this.#channels.get(channelPid);
    const one = { channelPid, connection: channel?.connection ?? null, vhost, queue, tag };
    if (channel) channel.consumers.set(consumerKey(vhost, queue, tag), one);
    else put(this.#read, consumerKey(vhost, queue, tag), one);
    return one;
  }

  /** null: it is not known, or was told to be gone before. */
  consumerGone(channelPid: string, vhost: string, queue: string, tag: string): KnownConsumer | null {
    const key = consumerKey(vhost, queue, tag);
    for (const place of [this.#channels.get(channelPid)?.consumers, this.#read]) {
      const one = place?.get(key);
      if (one && place?.delete(key)) return one;
    }
    return null;
  }

  channelGone(pid: string): { name: string | null; consumers: KnownConsumer[] } {
    const channel = this.#channels.get(pid);
    this.#channels.delete(pid);
    if (channel?.connection) {
      const pids = this.#channelsOf.get(channel.connection);
      pids?.delete(pid);
      if (pids?.size === 0) this.#channelsOf.delete(channel.connection);
    }
    return { name: channel?.name ?? null, consumers: [...(channel?.consumers.values() ?? [])] };
  }

  /** What went with it. `abrupt`: a channel was still open, so that nobody had closed it in good order. */
  connectionGone(pid: string, name: string): { consumers: KnownConsumer[]; abrupt: boolean } {
    this.#connectionOfPid.delete(localPid(pid));
    const channels = this.#channelsAt(name);
    const consumers = channels.flatMap((channel) => [...channel.consumers.values()]);
    for (const channel of channels) channel.consumers.clear();
    for (const [key, one] of this.#read) {
      if (one.connection !== name) continue;
      this.#read.delete(key);
      consumers.push(one);
    }
    return { consumers, abrupt: channels.length > 0 };
  }

  forget(name: string): void {
    this.#connections.delete(name);
  }

  #channelsAt(connection: string | null): Channel[] {
    const pids = connection === null ? undefined : this.#channelsOf.get(connection);
    return [...(pids ?? [])].flatMap((pid) => this.#channels.get(pid) ?? []);
  }
}

/** `<rabbit@a.1795224547.842.0>`, as events write it, without the time at which the node started. */
function localPid(pid: string): string {
  return pid.replace(/^<(.*)\.\d+\.(\d+\.\d+)>$/, '$1 $2');
}

function consumerKey(vhost: string, queue: string, tag: string): string {
  return JSON.stringify([vhost, queue, tag]);
}

function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST && oldest !== undefined) map.delete(oldest);
}
