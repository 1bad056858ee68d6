/** Depths and counters of queues out of one node's metrics. Pure. */
import { queueKey } from '../model/broker.ts';
import { detached, labelTexts, readSeries } from './prometheus-text.ts';

export interface Depth {
  ready: number;
  unacked: number;
  total: number;
  /** Null: not asked for. */
  consumers: number | null;
  /** That tells of it: its leader. */
  node: string;
}

/** Messages since the counters began: publish, deliver (gets among them), ack, redeliver. */
export type Counts = readonly [publish: number, deliver: number, ack: number, redeliver: number];

/** A queue that may be met in the metrics. `node`: its leader, as far as it is known. */
export interface KnownQueue {
  key: string;
  node: string | null;
}

/** By the text of a queue's labels; null: two queues share a text, so that neither can be told by it. */
export type KnownQueues = ReadonlyMap<string, KnownQueue | null>;

export interface NodeMetrics {
  /** The node that answered, as it calls itself. */
  node: string;
  cluster: string;
  /** By `queueKey`, of the queues that it leads. A figure that is no number leaves its queue out. */
  depths: Map<string, Depth>;
  /** By series: a queue's own, or on brokers before 4.0 a queue's on one channel. */
  counters: Map<string, { key: string; counts: Counts }>;
  /** Labels of queues that are not known. */
  strangers: Set<string>;
}

export function knownQueues(
  queues: readonly { vhost: string; name: string; node: string | null }[],
): KnownQueues {
  const known = new Map<string, KnownQueue | null>();
  for (const { vhost, name, node } of queues)
    for (const text of labelTexts(vhost, name))
      known.set(text, known.has(text) ? null : { key: queueKey(vhost, name), node });
  return known;
}

/**
 * Families to ask for. Counters by queue came with 4.0; before, those of each channel add up to the same. A family that
 * a broker does not know is left out of its answer.
 */
export function familiesFor(major: number, consumers: boolean): readonly string[] {
  const counters =
    major >= 4
      ? ['queue_delivery_metrics', 'queue_exchange_metrics']
      : ['channel_queue_metrics', 'channel_queue_exchange_metrics'];
  return ['queue_coarse_metrics', ...counters, ...(consumers ? ['queue_consumer_count'] : [])];
}

const PREFIX = 'rabbitmq_detailed_';
const depthOf: Record<string, 'ready' | 'unacked' | 'total' | 'consumers'> = {
  [`${PREFIX}queue_messages_ready`]: 'ready',
  [`${PREFIX}queue_messages_unacked`]: 'unacked',
  [`${PREFIX}queue_messages`]: 'total',
  [`${PREFIX}queue_consumers`]: 'consumers',
};
/** Which count a metric adds to: its place in `Counts`. */
const countOf: Record<string, number> = Object.fromEntries([
  ...['queue', 'channel'].flatMap((of) => [
    [`${PREFIX}${of}_get_ack_total`, 1],
    [`${PREFIX}${of}_get_total`, 1],
    [`${PREFIX}${of}_messages_delivered_ack_total`, 1],
    [`${PREFIX}${of}_messages_delivered_total`, 1],
    [`${PREFIX}${of}_messages_acked_total`, 2],
    [`${PREFIX}${of}_messages_redelivered_total`, 3],
  ]),
  [`${PREFIX}queue_exchange_messages_published_total`, 0],
  [`${PREFIX}queue_messages_published_total`, 0],
]);
const IDENTITY = 'rabbitmq_identity_info';
const wanted = new Set([...Object.keys(depthOf), ...Object.keys(countOf), IDENTITY]);
/** So many unknown labels are kept to be compared; a broker has more only while the list of queues is denied. */
const MOST_STRANGERS = 1_000;

/** Null when the text is not whole, or is not what RabbitMQ gives. */
export function readNodeMetrics(text: string, known: KnownQueues): NodeMetrics | null {
  const found: NodeMetrics = {
    node: '',
    cluster: '',
    depths: new Map(),
    counters: new Map(),
    strangers: new Set(),
  };
  const unreadable = new Set<string>();
  const whole = readSeries(text, wanted, (metric, labels, value) => {
    const field = depthOf[metric];
    if (field !== undefined) {
      const queue = known.get(labels);
      if (!queue) {
        if (queue === undefined && found.strangers.size < MOST_STRANGERS)
          found.strangers.add(detached(labels));
        return;
      }
      if (!(value >= 0)) unreadable.add(queue.key);
      const depth = found.depths.get(queue.key);
      if (depth === undefined)
        found.depths.set(queue.key, {
          ready: Number.NaN,
          unacked: Number.NaN,
          total: Number.NaN,
          consumers: null,
          node: '',
          [field]: value,
        });
      else if (Number.isNaN(depth[field] ?? Number.NaN)) depth[field] = value;
      // Said twice: two names share this text, one of them unknown to us.
      else unreadable.add(queue.key);
      return;
    }
    const place = countOf[metric];
    if (place !== undefined) return count(found, seriesOf(labels, known), place, value);
    found.node = textOf(labels, 'rabbitmq_node');
    found.cluster = textOf(labels, 'rabbitmq_cluster');
  });
  if (!whole || found.node === '') return null;
  for (const [key, depth] of found.depths) {
    depth.node = found.node;
    if (Number.isNaN(depth.ready + depth.unacked + depth.total)) unreadable.add(key);
  }
  for (const key of unreadable) found.depths.delete(key);
  return found;
}

function count(found: NodeMetrics, series: Series | null, place: number, value: number): void {
  if (series === null || !(value >= 0)) return;
  const at = found.counters.get(series.id);
  const counts: [number, number, number, number] = at ? [...at.counts] : [0, 0, 0, 0];
  counts[place] = (counts[place] ?? 0) + value;
  found.counters.set(series.id, { key: series.key, counts });
}

interface Series {
  id: string;
  key: string;
}

const CHANNEL = /^channel="([^"]*)",(.*)$/s;
const BY_EXCHANGE = /^vhost="((?:[^"\\]|\\.)*)",exchange="(?:[^"\\]|\\.)*",queue="((?:[^"\\]|\\.)*)"$/s;
/** Names with quotes in them are left out: brokers before 4.0 do not escape them. */
const BY_CHANNEL_AND_EXCHANGE =
  /^queue_vhost="([^"]*)",queue="([^"]*)",exchange_vhost="[^"]*",exchange="[^"]*"$/;

/** Which queue a counter is of, and what tells it from others of the same queue; null: of none that is known. */
function seriesOf(labels: string, known: KnownQueues): Series | null {
  const [, channel = '', rest = labels] = CHANNEL.exec(labels) ?? [];
  const parts = BY_EXCHANGE.exec(rest) ?? BY_CHANNEL_AND_EXCHANGE.exec(rest);
  const text = parts ? `vhost="${parts[1]}",queue="${parts[2]}"` : rest;
  const queue = known.get(text);
  if (!queue) return null;
  return { id: channel === '' ? queue.key : `${queue.key}\u0000${detached(channel)}`, key: queue.key };
}

function textOf(labels: string, name: string): string {
  const at = labels.indexOf(`${name}="`);
  if (at === -1) return '';
  const from = at + name.length + 2;
  return detached(labels.slice(from, labels.indexOf('"', from)));
}
