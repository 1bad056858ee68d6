/**
 * Keeps the firehose switched on where a tap listens, through the management API. Tracing is off after every restart of
 * the broker, so it is looked at again with each snapshot; what we switched on is switched off again at the end.
 */
import { z } from 'zod';
import type { ManagementClient } from '../broker/client.ts';
import type { ClusterNode } from '../broker/cluster.ts';
import { isHoplightError } from '../model/errors.ts';
import { TraceNodes } from './trace-nodes.ts';

export interface Known {
  /** null: cannot be known */
  on: boolean | null;
  /** Why it is not on and how to mend it; null when it is. */
  words: string | null;
  /** When it was last known to be on, ms since 1970. */
  since: number | null;
}

export interface TracingOptions {
  management: Pick<ManagementClient, 'vhosts' | 'setTracing'>;
  /** Of a cluster each node is asked and switched by itself; with one node, or when it throws `forbidden`, `management` is. */
  nodes?: (signal?: AbortSignal) => Promise<ClusterNode[]>;
  user: string;
  clock: () => number;
  tell: (vhost: string, known: Known) => void;
  /** The vhosts whose tracing we switched on, to be known by the next process if this one is killed. */
  remember: (vhosts: string[]) => void;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Between two tries while the management API does not answer: a broker that comes back is heard within 5 s. */
const AGAIN_MS = 500;

export class Tracing {
  readonly #o: TracingOptions;
  /** By `oursAt`. */
  readonly #ours = new Set<string>();
  readonly #nodes: TraceNodes;
  /** When tracing of a vhost was last seen on. */
  readonly #seenOn = new Map<string, number>();
  readonly #busy = new Map<string, AbortController>();
  readonly #refused = new Map<string, string>();

  constructor(o: TracingOptions) {
    this.#o = o;
    this.#nodes = new TraceNodes(o.clock);
  }

  /** From an earlier process that had no time to switch off again. */
  restore(vhosts: readonly string[]): void {
    for (const vhost of vhosts) this.#ours.add(vhost);
  }

  /** A tap listens there: makes sure of tracing, and tries until it knows. */
  ensure(vhost: string): void {
    this.#busy.get(vhost)?.abort();
    this.#alone(vhost, (signal) => this.#try(vhost, signal));
  }

  /** In a cluster a reading shows one node's tracing only: with each reading, all are asked. */
  lookEverywhere(vhost: string): void {
    if (!this.#busy.has(vhost)) this.#alone(vhost, (signal) => this.#once(vhost, signal));
  }

  #alone(vhost: string, work: (signal: AbortSignal) => Promise<unknown>): void {
    const patience = new AbortController();
    this.#busy.set(vhost, patience);
    work(patience.signal)
      .catch(() => {}) // aborted: another try took over, or the tap is off
      .finally(() => {
        if (this.#busy.get(vhost) === patience) this.#busy.delete(vhost);
      });
  }

  /** `readAt`: when the reading began, ms since 1970; older than our own last look, it is let go. */
  look(vhost: string, flag: boolean | null, readAt: number): void {
    if (flag === null || this.#busy.has(vhost)) return;
    const seen = this.#seenOn.get(vhost) ?? null;
    if (seen !== null && readAt < seen) return;
    if (flag) {
      this.#isOn(vhost, readAt);
      return;
    }
    const refused = this.#refused.get(vhost);
    if (refused !== undefined) return;
    const words = `Tracing of vhost ${vhost} was switched off at the broker, or by its restart.`;
    this.#o.tell(vhost, { on: false, words, since: seen });
    this.ensure(vhost);
  }

  /** The tap of this vhost ends: switches tracing off where we had switched it on. Never throws. */
  async release(vhost: string): Promise<void> {
    this.#busy.get(vhost)?.abort();
    this.#refused.delete(vhost);
    this.#seenOn.delete(vhost);
    this.#nodes.forget(vhost);
    const ours = [...this.#ours].filter((key) => vhostOf(key) === vhost);
    if (ours.length === 0) return;
    const nodes = ours.includes(vhost) && ours.length === 1 ? [] : await this.#cluster().catch(() => []);
    await Promise.all(
      ours.map(async (key) => {
        const node = nodes.find((n) => oursAt(vhost, n.name) === key);
        const client = key === vhost ? this.#o.management : node?.client;
        try {
          // a node that is down forgets by itself
          if (node?.running !== false || client === this.#o.management)
            await need(client).setTracing(vhost, false);
          this.#ours.delete(key);
        } catch {
          // still remembered as ours: the next start switches it off when it ends
        }
      }),
    );
    this.#o.remember([...this.#ours]);
  }

  /** Empty where the account may not list the nodes. */
  async #cluster(signal?: AbortSignal): Promise<ClusterNode[]> {
    try {
      return (await this.#o.nodes?.(signal)) ?? [];
    } catch (error) {
      if (isHoplightError(error) && error.code === 'forbidden') return [];
      throw error;
    }
  }

  async #try(vhost: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      if (await this.#once(vhost, signal)) return;
      await this.#o.wait(AGAIN_MS, signal);
    }
  }

  /** Answers false when it is worth trying again soon. */
  async #once(vhost: string, signal: AbortSignal): Promise<boolean> {
    try {
      const nodes = await this.#cluster(signal);
      signal.throwIfAborted();
      if (nodes.length > 1) {
        await this.#everywhere(vhost, nodes, signal);
        return true;
      }
      const flag = await this.#flag(vhost, signal);
      if (flag !== true) await this.#switchOn(vhost, vhost, this.#o.management);
      signal.throwIfAborted();
      this.#isOn(vhost, this.#o.clock());
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (this.#isRefusal(vhost, error)) return true;
      const words = error instanceof Error ? error.message : String(error);
      this.#o.tell(vhost, { on: null, words: `Tracing cannot be switched on yet: ${words}`, since: null });
      return false;
    }
  }

  async #everywhere(vhost: string, nodes: readonly ClusterNode[], signal: AbortSignal): Promise<void> {
    const round = await this.#nodes.round(
      vhost,
      nodes,
      (node, client) => this.#switchOn(oursAt(vhost, node.name), vhost, client),
      signal,
    );
    const { incomplete, missed, since } = round;
    if (missed !== null) this.#o.tell(vhost, { on: false, words: missed, since });
    if (incomplete !== null) this.#o.tell(vhost, { on: false, words: incomplete, since });
    else this.#isOn(vhost, this.#o.clock());
  }

  /** null: this account may not see it. */
  async #flag(vhost: string, signal: AbortSignal): Promise<boolean | null> {
    try {
      return (await this.#o.management.vhosts(signal)).find((v) => v.name === vhost)?.tracing ?? null;
    } catch (error) {
      if (isHoplightError(error) && error.code === 'forbidden') return null;
      throw error;
    }
  }

  async #switchOn(key: string, vhost: string, at: Pick<ManagementClient, 'setTracing'>): Promise<void> {
    // Remembered before it is done: killed in between, the next process switches off what may be on.
    const before = this.#ours.has(key);
    this.#ours.add(key);
    this.#o.remember([...this.#ours]);
    try {
      await at.setTracing(vhost, true);
    } catch (error) {
      if (!before && isHoplightError(error) && error.code !== 'management_unreachable') {
        this.#ours.delete(key);
        this.#o.remember([...this.#ours]);
      }
      throw error;
    }
  }

  #isOn(vhost: string, at: number): void {
    this.#seenOn.set(vhost, Math.max(at, this.#seenOn.get(vhost) ?? 0));
    this.#refused.delete(vhost);
    this.#o.tell(vhost, { on: true, words: null, since: null });
  }

  /** A right is missing: trying again would not help; a trace message or a snapshot may still show that it is on. */
  #isRefusal(vhost: string, error: unknown): boolean {
    if (!isHoplightError(error) || !['forbidden', 'unauthenticated', 'not_found'].includes(error.code))
      return false;
    const words =
      error.code === 'forbidden'
        ? `Tracing of vhost ${vhost} is not known to be on, and ${this.#o.user} may not switch it on: that needs the administrator tag. On the broker, run: rabbitmqctl trace_on -p ${vhost}`
        : `Tracing of vhost ${vhost} cannot be switched on: ${error.message} ${error.more.next ?? ''}`.trim();
    this.#refused.set(vhost, words);
    this.#o.tell(vhost, { on: null, words, since: null });
    return true;
  }
}

/** Under which name it is remembered that we switched on a vhost's tracing at one node; a single node's is the vhost. */
function oursAt(vhost: string, node: string): string {
  return JSON.stringify([vhost, node]);
}

function vhostOf(key: string): string {
  try {
    const [vhost] = ourKey.parse(JSON.parse(key));
    return vhost;
  } catch {
    return key;
  }
}
const ourKey = z.tuple([z.string(), z.string()]);

function need<T>(client: T | null | undefined): T {
  if (client) return client;
  throw new Error('the node answers at no known address');
}
