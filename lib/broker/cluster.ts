/**
 * The nodes of a cluster, each with a client that asks that very node: tracing is switched and shown by the node that
 * answers alone. A node's address is one of MANAGEMENT_URL, or the one at which the broker says that it listens; either
 * counts only after it has answered with the node's name.
 */
import type { ManagementClient } from './client.ts';
import type { Listener } from './overview.ts';

export interface ClusterNode {
  name: string;
  running: boolean;
  /** null: it answers at no known address. */
  client: Pick<ManagementClient, 'vhosts' | 'setTracing'> | null;
}

export interface ClusterOptions {
  /** Asks any node. */
  management: Pick<ManagementClient, 'nodes' | 'listeners' | 'vhosts' | 'setTracing'>;
  /** With commas, as configured. */
  url: string;
  /** A client of one address alone, which does not wait long. */
  clientAt: (url: string) => Pick<ManagementClient, 'overview' | 'vhosts' | 'setTracing'>;
  /** ms since 1970 */
  clock: () => number;
}

/** Behind a load balancer an address may lead to another node from time to time. */
const TRUST_MS = 30_000;
const SEARCH_AGAIN_MS = 5_000;

export class Cluster {
  readonly #o: ClusterOptions;
  readonly #configured: string[];
  readonly #found = new Map<string, { client: NonNullable<ClusterNode['client']>; at: number }>();
  #searchedAt = Number.NEGATIVE_INFINITY;

  constructor(o: ClusterOptions) {
    this.#o = o;
    this.#configured = o.url.split(/,(?=https?:)/);
  }

  /** Of a single node any address will do. Throws as `ManagementClient.nodes`: it needs the monitoring tag. */
  async nodes(signal?: AbortSignal): Promise<ClusterNode[]> {
    const { management } = this.#o;
    const all = await management.nodes(signal);
    if (all.length < 2) return all.map(({ name, running }) => ({ name, running, client: management }));
    await this.#search(
      all.filter((n) => n.running).map((n) => n.name),
      signal,
    );
    return all.map(({ name, running }) => ({
      name,
      running,
      client: this.#found.get(name)?.client ?? null,
    }));
  }

  async #search(names: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    const now = this.#o.clock();
    for (const [name, { at }] of this.#found) if (now - at > TRUST_MS) this.#found.delete(name);
    const missing = () => names.filter((name) => !this.#found.has(name));
    if (missing().length === 0 || now - this.#searchedAt < SEARCH_AGAIN_MS) return;
    this.#searchedAt = now;
    await Promise.all(this.#configured.map((url) => this.#probe(url)));
    if (missing().length === 0) return;
    const listeners = await this.#o.management.listeners(signal).catch(() => []);
    const urls = missing().flatMap((name) => addressesOf(name, listeners, this.#configured));
    await Promise.all(urls.map((url) => this.#probe(url)));
  }

  async #probe(url: string): Promise<void> {
    const client = this.#o.clientAt(url);
    const answer = await client.overview().catch(() => null);
    if (answer?.node) this.#found.set(answer.node, { client, at: this.#o.clock() });
  }
}

/** As `URL` writes it, which knows the many ways to say so: `127.1`, `0x7f000001`, `::ffff:127.0.0.1`. */
const LOOPBACK =
  /^((.+\.)?localhost\.?|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:(7f[\da-f]{2}:[\da-f]{1,4}|0:0)\])$/;
const EVERY = new Set(['', '0.0.0.0', '::']);

/**
 * Where a node of the cluster may be asked. The service account's password goes there: in clear text only if it does so to
 * a configured address too, and to this machine's own ports only where the broker is known to be on this machine.
 */
export function addressesOf(
  node: string,
  listeners: readonly Listener[],
  configured: readonly string[],
): string[] {
  const known = configured.filter((url) => URL.canParse(url)).map((url) => new URL(url));
  const isLocal = known.some((url) => LOOPBACK.test(url.hostname));
  const mayBePlain = known.some((url) => url.protocol === 'http:');
  const host = node.slice(node.indexOf('@') + 1);
  return listeners
    .filter((l) => l.node === node && (l.protocol === 'https' || (l.protocol === 'http' && mayBePlain)))
    .map((l) => ({ ...l, host: EVERY.has(l.ip) ? host : l.ip.includes(':') ? `[${l.ip}]` : l.ip }))
    .map((l) => `${l.protocol}://${l.host}:${l.port}`)
    .filter((url) => isPlace(url) && (isLocal || !LOOPBACK.test(new URL(url).hostname)));
}

/** Host and port alone: what a broker says of itself leads to no path of somebody else's. */
function isPlace(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password, pathname, search, hash } = new URL(url);
  return `${username}${password}${pathname}${search}${hash}` === '/';
}
