/** The queues' figures by the nodes' metrics: read, compared with what is known to exist, joined to it. */
import type { MetricsSource } from '../broker/prometheus.ts';
import { type KnownQueues, knownQueues } from '../broker/queue-metrics.ts';
import { createQueueRates } from '../broker/queue-rates.ts';
import type { Rates } from '../broker/wire.ts';
import { type Queue, queueKey } from '../model/broker.ts';
import { type Figures, type Part, type Reading, readPart } from './reading.ts';

export interface MetricsReader {
  /** Never throws. */
  read(r: Reading, consumers: boolean, signal: AbortSignal): Promise<Part<Figures>>;
  /**
   * Whether the metrics tell of queues that the list does not have, or no longer of some that it has, since the list was
   * read last; or of some that it calls broken, by another node than then. Those that the list has never had the account
   * may not see.
   */
  namesChanged(r: Reading): boolean;
  /** After the list was read. */
  listRead(r: Reading): void;
}

export function createMetricsReader(source: MetricsSource, clock: () => number): MetricsReader {
  const rates = createQueueRates();
  let known: { of: readonly Queue[] | null; queues: KnownQueues } = { of: null, queues: new Map() };
  /** What could be told apart at the last reading. */
  let told: KnownQueues = known.queues;
  /** Not seen when the list was read: labels that it lacks, and queues that the metrics lack. */
  let ignored = { strangers: new Set<string>(), absent: new Set<string>() };
  /** Which node told then of each queue that the list calls broken; undefined: none. */
  let broken = new Map<string, string | undefined>();

  const knownOf = (queues: readonly Queue[]) => {
    if (known.of !== queues) known = { of: queues, queues: knownQueues(queues) };
    return known.queues;
  };

  return {
    read(r, consumers, signal) {
      const overview = r.overview.value;
      const list = r.totals.value ?? [];
      return readPart(
        r.figures,
        async () => {
          const at = clock();
          const now = knownOf(list);
          const metrics = await source.read(
            {
              nodes: nodesOf(r, list),
              listeners: overview?.listeners ?? [],
              version: overview?.version ?? '',
              cluster: overview?.cluster ?? null,
              known: now,
              consumers,
            },
            signal,
          );
          for (const key of ignored.absent) if (metrics.depths.has(key)) ignored.absent.delete(key);
          const { depths, silent, strangers, nodes } = metrics;
          const isNew = newIn(now, told);
          told = now;
          return {
            depths,
            silent,
            strangers,
            nodes: nodes.length,
            rates: rates.after(nodes, silent.length === 0, at, isNew),
          };
        },
        clock,
      );
    },
    namesChanged(r) {
      const figures = r.figures.value;
      if (figures === null || r.figures.failed) return false;
      for (const label of figures.strangers) if (!ignored.strangers.has(label)) return true;
      for (const [key, teller] of broken) {
        const now = figures.depths.get(key)?.node;
        if (now !== undefined && now !== teller) return true;
      }
      return (r.totals.value ?? []).some((q) => {
        const key = queueKey(q.vhost, q.name);
        return !figures.depths.has(key) && !ignored.absent.has(key);
      });
    },
    listRead(r) {
      const figures = r.figures.value;
      const list = r.totals.value ?? [];
      const now = knownOf(list);
      broken = new Map(
        list.filter(isBroken).map((q) => {
          const key = queueKey(q.vhost, q.name);
          return [key, figures?.depths.get(key)?.node];
        }),
      );
      ignored = {
        strangers: new Set([...(figures?.strangers ?? [])].filter((label) => !now.has(label))),
        absent: new Set(
          list.map((q) => queueKey(q.vhost, q.name)).filter((key) => !figures?.depths.has(key)),
        ),
      };
    },
  };
}

/** By the list: it was read while a node was away, or before another one took its place. */
function isBroken({ state }: Queue): boolean {
  return state !== null && !WELL.has(state);
}

const WELL = new Set(['running', 'idle', 'flow', 'syncing']);

/** Which queues could not be told at the reading before. */
function newIn(now: KnownQueues, before: KnownQueues): (key: string) => boolean {
  if (now === before) return () => false;
  const were = new Set([...before.values()].map((queue) => queue?.key));
  return (key) => !were.has(key);
}

/** Those that run; where the account may not list them, those that queues are on. */
function nodesOf(r: Reading, list: readonly Queue[]): string[] {
  const nodes = r.nodes.failed ? [] : (r.nodes.value ?? []);
  if (nodes.length > 0) return nodes.filter((n) => n.running).map((n) => n.name);
  return [...new Set(list.flatMap((q) => q.node ?? []))];
}

/** The same objects for the same two lists. */
let mixed: { listed: readonly Queue[]; full: readonly Queue[]; queues: readonly Queue[] } | null = null;

/** Bytes, utilisation and idle times of the full list, beside what the list in totals mode says; null: it is not read. */
export function withMore(listed: readonly Queue[], full: readonly Queue[] | null): readonly Queue[] {
  if (full === null) return listed;
  if (mixed?.listed === listed && mixed.full === full) return mixed.queues;
  const by = new Map(full.map((q) => [queueKey(q.vhost, q.name), q]));
  const queues = listed.map((q) => {
    const more = by.get(queueKey(q.vhost, q.name));
    return more ? { ...q, bytes: more.bytes, utilisation: more.utilisation, idleSince: more.idleSince } : q;
  });
  mixed = { listed, full, queues };
  return queues;
}

const nothing: Rates = { publish: 0, deliver: 0, ack: 0, redeliver: 0 };
const unknown: Rates = { publish: null, deliver: null, ack: null, redeliver: null };
/** What became of a queue of the list at the last reading, to be the same object while nothing changes. */
const joined = new WeakMap<Queue, Queue>();

/**
 * A queue as the metrics tell of it; null: they do not. `consumers` are those of the consumers' own list; null: that is
 * not known.
 */
export function withFigures(queue: Queue, figures: Figures, consumers: number | null): Queue | null {
  const key = queueKey(queue.vhost, queue.name);
  const depth = figures.depths.get(key);
  if (!depth) return null;
  const rates = figures.rates === null ? unknown : (figures.rates.get(key) ?? nothing);
  const now = { ...depth, consumers: consumers ?? depth.consumers };
  const last = joined.get(queue);
  if (last && sameFigures(last, now) && sameRates(last.rates, rates)) return last;
  const next = { ...queue, ...now, rates };
  joined.set(queue, next);
  return next;
}

function sameFigures(
  a: Queue,
  b: Pick<Queue, 'ready' | 'unacked' | 'total' | 'consumers' | 'node'>,
): boolean {
  return (
    a.ready === b.ready &&
    a.unacked === b.unacked &&
    a.total === b.total &&
    a.consumers === b.consumers &&
    a.node === b.node
  );
}

function sameRates(a: Rates, b: Rates): boolean {
  return a.publish === b.publish && a.deliver === b.deliver && a.ack === b.ack && a.redeliver === b.redeliver;
}
