/** `GET /api/overview`: totals of all that the asking user may see, without the delay of other lists (measured: 0 s). */
import { z } from 'zod';
import type { Totals } from '../model/broker.ts';
import { figure, messageStats, ratesOf, text, yes } from './wire.ts';

const wire = z.object({
  rabbitmq_version: z.string(),
  cluster_name: text,
  node: text,
  rates_mode: text,
  disable_stats: yes,
  queue_totals: z
    .object({ messages: figure, messages_ready: figure, messages_unacknowledged: figure })
    .nullish()
    .catch(null),
  message_stats: messageStats,
});

export interface Overview {
  version: string;
  cluster: string | null;
  /** The node that answered. */
  node: string | null;
  totals: Totals;
  /** False when the broker does not collect rates. */
  rates: boolean;
  /** False when it collects no metrics for the management API at all; absent: it does. */
  collects?: boolean;
  /** Of every node; empty without the monitoring tag. */
  listeners: Listener[];
}

export function readOverview(body: unknown): Overview {
  const w = wire.parse(body);
  const rates = w.disable_stats !== true && w.rates_mode !== 'none';
  return {
    version: w.rabbitmq_version,
    cluster: w.cluster_name,
    node: w.node,
    rates,
    collects: w.disable_stats !== true,
    listeners: readListeners(body),
    totals: {
      ready: w.queue_totals?.messages_ready ?? null,
      unacked: w.queue_totals?.messages_unacknowledged ?? null,
      total: w.queue_totals?.messages ?? null,
      ...ratesOf(w.message_stats, rates),
    },
  };
}

/** A port of one node: `http` and `https` are those of its management API. */
export interface Listener {
  node: string;
  protocol: string;
  /** '::' or '0.0.0.0': every address of its host. */
  ip: string;
  port: number;
}

const listening = z.object({
  listeners: z
    .array(
      z.object({
        node: z.string(),
        protocol: z.string(),
        ip_address: z.string().catch(''),
        port: z.number(),
      }),
    )
    .catch([]),
});

export function readListeners(body: unknown): Listener[] {
  return listening
    .parse(body)
    .listeners.map(({ node, protocol, ip_address: ip, port }) => ({ node, protocol, ip, port }));
}
