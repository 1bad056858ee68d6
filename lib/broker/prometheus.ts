/**
 * The queues' figures by the nodes' own metrics (rabbitmq_prometheus), a tenth of what `/api/queues` costs a broker with
 * 10,000 queues. Each node is asked, since it tells of the queues alone that it leads. Prometheus gets no credentials but
 * those that PROMETHEUS_URL carries: it asks for none by itself.
 */
import { HoplightError, isHoplightError } from '../model/errors.ts';
import { addressesOf } from './cluster.ts';
import { causeCode, tlsTrouble } from './fetch-trouble.ts';
import type { Listener } from './overview.ts';
import {
  type Depth,
  familiesFor,
  type KnownQueues,
  type NodeMetrics,
  readNodeMetrics,
} from './queue-metrics.ts';

export interface QueueMetrics {
  /** Of all that answered, each with the nodes that it was told by. */
  nodes: NodeMetrics[];
  /** By `queueKey`. A queue of which two nodes tell without one being its leader is left out. */
  depths: Map<string, Depth>;
  /** Running nodes that did not answer, each with why and what to do: of their queues nothing is known. */
  silent: { node: string; why: string; mend: string }[];
  strangers: Set<string>;
}

export interface MetricsQuestion {
  /** Nodes that are to tell: those that run, or those that queues are on. */
  nodes: readonly string[];
  listeners: readonly Listener[];
  /** Of the broker, `4.3.6`. */
  version: string;
  /** By that, or by the names of its nodes, another broker's metrics are told from its own. */
  cluster: string | null;
  known: KnownQueues;
  /** How many consumers each queue has is asked for too: it costs half as much again. */
  consumers: boolean;
}

export interface MetricsSource {
  /** Throws HoplightError (`management_unreachable`, `forbidden`, `not_found`) when no node gives its metrics. */
  read(question: MetricsQuestion, signal?: AbortSignal): Promise<QueueMetrics>;
}

export interface PrometheusOptions {
  /** PROMETHEUS_URL: addresses to ask; `listeners`: those that the broker names. */
  at: readonly string[] | 'listeners';
  /** As configured, with commas: says whether the broker is on this machine. */
  managementUrl: string;
  timeoutMs?: number;
  /** Instead of the platform's, for tests. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

const MEND =
  'Run `rabbitmq-plugins enable rabbitmq_prometheus` on every node, and let Hoplight reach its port (15692), or name each node in PROMETHEUS_URL.';

export function createPrometheus(o: PrometheusOptions): MetricsSource {
  const how: How = { timeoutMs: o.timeoutMs ?? 4_000, fetch: o.fetch ?? fetch };
  /** Of addresses that may all lead to one node, that which did. */
  const good = new Map<string, string>();

  async function first(
    places: readonly string[],
    path: string,
    isOurs: (metrics: NodeMetrics) => boolean,
    known: KnownQueues,
    signal: AbortSignal | undefined,
  ): Promise<NodeMetrics> {
    const name = places.join();
    const last = good.get(name);
    const inOrder = last ? [last, ...places.filter((p) => p !== last)] : places;
    let failure: unknown;
    for (const address of inOrder)
      try {
        const metrics = readNodeMetrics(await textAt(address, path, how, signal), known);
        if (!metrics)
          throw new HoplightError('internal', `${placeOf(address)} gave metrics that are not whole.`);
        if (!isOurs(metrics))
          throw new HoplightError(
            'not_found',
            `${placeOf(address)} gives the metrics of another broker, ${metrics.node}.`,
            { next: 'Set PROMETHEUS_URL to the address of this broker’s metrics.' },
          );
        good.set(name, address);
        return metrics;
      } catch (error) {
        if (signal?.aborted) throw error;
        failure ??= error;
      }
    good.delete(name);
    throw failure;
  }

  return {
    async read({ nodes, listeners, version, cluster, known, consumers }, signal) {
      // Nodes of one cluster may each give it another name.
      const isOurs = (m: NodeMetrics) => nodes.includes(m.node) || m.cluster === (cluster ?? m.cluster);
      const addresses =
        o.at === 'listeners' ? metricsAddresses(listeners, nodes, o.managementUrl) : o.at.map((url) => [url]);
      if (addresses.length === 0)
        throw new HoplightError('not_found', 'No node says that it gives metrics for Prometheus.', {
          next: MEND,
        });
      const families = familiesFor(Number.parseInt(version, 10) || 4, consumers);
      const path = `/detailed?${families.map((f) => `family=${f}`).join('&')}`;
      const answers = await Promise.allSettled(
        addresses.map((places) => first(places, path, isOurs, known, signal)),
      );
      signal?.throwIfAborted();
      const found = answers.flatMap((a) => (a.status === 'fulfilled' ? [a.value] : []));
      const failures = answers.flatMap((a) => (a.status === 'rejected' ? [a.reason] : []));
      if (found.length === 0) throw failures[0];
      return together(found, nodes, failures, known);
    },
  };
}

/** Several addresses may lead to one node: its first answer counts. */
function together(
  found: readonly NodeMetrics[],
  running: readonly string[],
  failures: readonly unknown[],
  known: KnownQueues,
): QueueMetrics {
  const byNode = new Map<string, NodeMetrics>();
  for (const one of found) if (!byNode.has(one.node)) byNode.set(one.node, one);
  const nodes = [...byNode.values()];
  const why = failures.map(wordsOf).join(' ') || 'No address of it is known.';
  const [first] = failures;
  const mend = (isHoplightError(first) ? first.more.next : undefined) ?? MEND;
  const silent = running.filter((node) => !byNode.has(node)).map((node) => ({ node, why, mend }));
  const strangers = new Set(nodes.flatMap((n) => [...n.strangers]));
  const [only] = nodes;
  if (only && nodes.length === 1) return { nodes, depths: only.depths, silent, strangers };
  return { nodes, depths: depthsOf(nodes, known), silent, strangers };
}

function depthsOf(nodes: readonly NodeMetrics[], known: KnownQueues): Map<string, Depth> {
  const leaders = new Map<string, string | null>();
  for (const queue of known.values()) if (queue) leaders.set(queue.key, queue.node);
  const depths = new Map<string, Depth>();
  const unsettled = new Set<string>();
  for (const { node, depths: told } of nodes)
    for (const [key, depth] of told) {
      const before = depths.get(key);
      const leader = leaders.get(key);
      if (before && node !== leader && before.node !== leader) unsettled.add(key);
      if (!before || node === leader) depths.set(key, depth);
    }
  for (const key of unsettled) if (depths.get(key)?.node !== leaders.get(key)) depths.delete(key);
  return depths;
}

/**
 * Where each node gives its metrics, likeliest place first, by the rules that hold for the nodes' management API (see
 * `addressesOf`); but in clear text too, since no password goes there. One node alone may be where its management API is.
 */
export function metricsAddresses(
  listeners: readonly Listener[],
  running: readonly string[],
  managementUrl: string,
): string[][] {
  const schemes: Record<string, string> = { 'http/prometheus': 'http', 'https/prometheus': 'https' };
  const ours = listeners.flatMap((l) => {
    const protocol = schemes[l.protocol];
    return protocol ? [{ ...l, protocol }] : [];
  });
  const configured = managementUrl.split(/,(?=https?:)/).filter((url) => URL.canParse(url));
  const plain = configured.map((url) => url.replace(/^https:/, 'http:'));
  const named = running.length > 0 ? running : [...new Set(listeners.map((l) => l.node))];
  if (ours.length === 0 && named.length < 2)
    // With its collection of metrics switched off, a broker does not name its listeners.
    return listeners.length === 0 ? [hostsOf(configured).map((host) => `http://${host}:15692/metrics`)] : [];
  return named.flatMap((node) => {
    const of = ours.filter((l) => l.node === node);
    const beside =
      named.length === 1
        ? of.flatMap((l) => hostsOf(configured).map((host) => `${l.protocol}://${host}:${l.port}`))
        : [];
    const places = [...new Set([...addressesOf(node, of, plain), ...beside])];
    return places.length > 0 ? [places.map((url) => `${url}/metrics`)] : [];
  });
}

function hostsOf(urls: readonly string[]): string[] {
  return [...new Set(urls.map((url) => new URL(url).hostname))];
}

type How = Required<Pick<PrometheusOptions, 'timeoutMs' | 'fetch'>>;

/** `path` after `/metrics`, which an address may end with. */
async function textAt(
  address: string,
  path: string,
  { timeoutMs, fetch }: How,
  signal: AbortSignal | undefined,
): Promise<string> {
  const url = new URL(address);
  const authorization = `Basic ${Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString('base64')}`;
  const carries = url.username !== '' || url.password !== '';
  url.username = '';
  url.password = '';
  const base = url.href.replace(/\/+$/, '').replace(/\/metrics$/, '');
  const place = placeOf(address);
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(`${base}/metrics${path}`, {
      // Packing five megabytes costs the broker as much again as making them.
      headers: { 'accept-encoding': 'identity', ...(carries ? { authorization } : {}) },
      redirect: 'manual',
      cache: 'no-store',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const text = await response.text();
    if (response.status === 200) return text;
    throw refusalOf(place, response.status, carries);
  } catch (error) {
    if (signal?.aborted || isHoplightError(error)) throw error;
    const trouble = tlsTrouble(causeCode(error), 'PROMETHEUS_URL');
    const silence = timeout.aborted ? `it did not answer within ${timeoutMs / 1000} s` : 'it does not answer';
    throw new HoplightError(
      'management_unreachable',
      `Prometheus metrics at ${place}: ${trouble?.what ?? silence}.`,
      { next: trouble?.next ?? MEND, cause: error },
    );
  }
}

/** A password may hold a `%` that nobody escaped. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function refusalOf(place: string, status: number, carries: boolean): HoplightError {
  if ((status === 401 || status === 403) && carries)
    return new HoplightError(
      'forbidden',
      `Prometheus metrics at ${place} refuse the user and password of PROMETHEUS_URL (${status}).`,
      { next: 'Correct them there; RabbitMQ asks for a user with the tag monitoring.' },
    );
  if (status === 401 || status === 403)
    return new HoplightError('forbidden', `Prometheus metrics at ${place} ask for a password (${status}).`, {
      next: 'Set PROMETHEUS_URL with user and password: http://user:password@host:15692.',
    });
  return new HoplightError('not_found', `Prometheus metrics at ${place} answer ${status}.`, { next: MEND });
}

/** Without credentials: it goes on screen. */
function placeOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : 'PROMETHEUS_URL';
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
