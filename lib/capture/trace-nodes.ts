/**
 * Tracing in a cluster, where each node traces its own channels alone. Of each node it is remembered until when it was
 * fine: traced, or not running (then nothing went through it). What may be missing is told from that time on.
 */
import type { ClusterNode } from '../broker/cluster.ts';
import { isHoplightError } from '../model/errors.ts';

export interface TraceRound {
  /** Why not everything is traced now; null when it is. */
  incomplete: string | null;
  /** What may have been missed since the last round, though it is seen to now; null: nothing. */
  missed: string | null;
  /** Since when, ms since 1970; null when that is not known. */
  since: number | null;
}

/** Switches tracing on; the node's name is remembered as one that we did it at. */
export type SwitchOn = (node: ClusterNode, client: NonNullable<ClusterNode['client']>) => Promise<void>;

interface Seen {
  fineAt: number;
  running: boolean;
}

export class TraceNodes {
  readonly #clock: () => number;
  /** By vhost, then by node. */
  readonly #seen = new Map<string, Map<string, Seen>>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Nothing of before counts any more: the tap was off. */
  forget(vhost: string): void {
    this.#seen.delete(vhost);
  }

  /**
   * Looks at every node and switches on where it is off. Throws HoplightError when the account lacks the right, which is
   * the same at every node.
   */
  async round(
    vhost: string,
    nodes: readonly ClusterNode[],
    switchOn: SwitchOn,
    signal: AbortSignal,
  ): Promise<TraceRound> {
    const before = this.#seen.get(vhost) ?? new Map<string, Seen>();
    const began = this.#clock();
    const results = await Promise.all(
      nodes.map(async (node) => ({ node, ...(await this.#look(vhost, node, began, switchOn, signal)) })),
    );
    signal.throwIfAborted();
    const last = Math.max(...[...before.values()].map((s) => s.fineAt));
    const fineBefore = (name: string) => before.get(name)?.fineAt ?? (before.size > 0 ? last : null);
    const after = new Map<string, Seen>();
    const bad: string[] = [];
    const missed: string[] = [];
    const from: (number | null)[] = [];
    for (const { node, state, at, words } of results) {
      const fine = fineBefore(node.name);
      if (state === 'bad') {
        bad.push(words);
        from.push(fine);
        if (fine !== null) after.set(node.name, { fineAt: fine, running: true });
        continue;
      }
      if (state === 'was off' && before.size > 0) {
        missed.push(`tracing was off at ${node.name}: somebody switched it off, or it was started again`);
        from.push(fine);
      }
      if (!node.running && before.get(node.name)?.running) {
        missed.push(`${node.name} went down, with the events that it had not handed over`);
        from.push(fine);
      }
      after.set(node.name, { fineAt: at, running: node.running });
    }
    this.#seen.set(vhost, after);
    const running = nodes.filter((n) => n.running).length;
    const known = from.filter((at) => at !== null);
    return {
      incomplete:
        bad.length === 0
          ? null
          : `Tracing is on at ${running - bad.length} of ${running} nodes; ${bad.join('; ')}.`,
      missed: missed.length === 0 ? null : `Events may be missing: ${missed.join('; ')}.`,
      since: known.length === 0 ? null : Math.min(...known),
    };
  }

  async #look(
    vhost: string,
    node: ClusterNode,
    began: number,
    switchOn: SwitchOn,
    signal: AbortSignal,
  ): Promise<{ state: 'fine' | 'was off' | 'bad'; at: number; words: string }> {
    const { name, running, client } = node;
    if (!running) return { state: 'fine', at: began, words: '' };
    if (!client)
      return {
        state: 'bad',
        at: began,
        words: `${name} answers on no known address: list it in MANAGEMENT_URL`,
      };
    try {
      if ((await flagAt(vhost, client, signal)) === true) return { state: 'fine', at: began, words: '' };
      await switchOn(node, client);
      return { state: 'was off', at: this.#clock(), words: '' };
    } catch (error) {
      if (isHoplightError(error) && error.code !== 'management_unreachable') throw error;
      const why = error instanceof Error ? error.message : String(error);
      return { state: 'bad', at: began, words: `${name}: ${why.replace(/\.$/, '')}` };
    }
  }
}

/** null: this account may not see it. */
async function flagAt(
  vhost: string,
  client: NonNullable<ClusterNode['client']>,
  signal: AbortSignal,
): Promise<boolean | null> {
  try {
    return (await client.vhosts(signal)).find((v) => v.name === vhost)?.tracing ?? null;
  } catch (error) {
    if (isHoplightError(error) && error.code === 'forbidden') return null;
    throw error;
  }
}
