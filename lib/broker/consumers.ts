/**
 * Consumers, channels and connections, and the three joined. A user without the monitoring tag gets only its own from
 * all three, with status 200: an empty list is then not an answer (see `seesAllClients`).
 */
import { z } from 'zod';
import type { Consumer } from '../model/broker.ts';
import { channelStats, figure, ratesOf, table, text, yes } from './wire.ts';

const consumerWire = z.object({
  consumer_tag: z.string(),
  queue: z.object({ name: z.string(), vhost: z.string() }),
  // `[]` when the channel has just gone
  channel_details: z
    .object({
      connection_name: text,
      name: text,
      number: figure,
      peer_host: text,
      peer_port: figure,
      user: text,
    })
    .nullish()
    .catch(null),
  ack_required: yes,
  exclusive: yes,
  active: yes,
  activity_status: text,
  prefetch_count: figure,
});

/** A consumer as its own list shows it; the rest comes from its channel and connection. */
export interface BareConsumer {
  vhost: string;
  queue: string;
  tag: string;
  connection: string;
  channelName: string;
  channel: number | null;
  peer: string | null;
  user: string | null;
  prefetch: number | null;
  ackRequired: boolean;
  exclusive: boolean;
  active: boolean | null;
  activity: string | null;
}

export function readConsumers(body: unknown): BareConsumer[] {
  return z
    .array(consumerWire)
    .parse(body)
    .map((w) => {
      const at = w.channel_details;
      return {
        vhost: w.queue.vhost,
        queue: w.queue.name,
        tag: w.consumer_tag,
        connection: at?.connection_name ?? '',
        channelName: at?.name ?? '',
        channel: at?.number ?? null,
        peer: at?.peer_host && at.peer_port ? `${at.peer_host}:${at.peer_port}` : (at?.peer_host ?? null),
        user: at?.user ?? null,
        prefetch: w.prefetch_count,
        ackRequired: w.ack_required ?? true,
        exclusive: w.exclusive ?? false,
        active: w.active,
        activity: w.activity_status,
      };
    });
}

export const channelColumns =
  'name,vhost,messages_unacknowledged,global_prefetch_count,connection_details.name,message_stats.deliver_get_details.rate,message_stats.ack_details.rate,message_stats.ack,message_stats.deliver,message_stats.deliver_no_ack,message_stats.get';

const channelWire = z.object({
  name: z.string(),
  messages_unacknowledged: figure,
  global_prefetch_count: figure,
  message_stats: channelStats,
});

export interface ChannelInfo {
  /** `10.0.3.4:51022 -> 10.0.0.1:5672 (2)` */
  name: string;
  unacked: number | null;
  deliverRate: number | null;
  ackRate: number | null;
  /** Limit over all its consumers; null: unknown, or this broker has none such. 0: no limit. */
  globalPrefetch: number | null;
  /** Since the channel was opened; null: the broker does not count (metrics collection off). */
  counts: ChannelCounts | null;
}

/** Messages since the channel was opened. An ack between two readings shows here at any pace; a rate is over by then. */
export interface ChannelCounts {
  acked: number;
  /** To be acked, to consumers and by basic.get. */
  delivered: number;
  /** To consumers, to be acked or not. */
  pushed: number;
}

export function readChannels(body: unknown, rates = true): ChannelInfo[] {
  return z
    .array(channelWire)
    .parse(body)
    .map((w) => {
      const { deliver, ack } = ratesOf(w.message_stats, rates);
      return {
        name: w.name,
        unacked: w.messages_unacknowledged,
        deliverRate: deliver,
        ackRate: ack,
        globalPrefetch: w.global_prefetch_count,
        counts: rates ? countsOf(w.message_stats) : null,
      };
    });
}

function countsOf(stats: z.infer<typeof channelStats>): ChannelCounts {
  const { ack, deliver, deliver_no_ack: noAck, get } = stats ?? {};
  return {
    acked: ack ?? 0,
    delivered: (deliver ?? 0) + (get ?? 0),
    pushed: (deliver ?? 0) + (noAck ?? 0),
  };
}

export const connectionColumns = 'name,vhost,node,user,client_properties,connected_at,state';

const connectionWire = z.object({
  name: z.string(),
  vhost: text,
  node: text,
  user: text,
  client_properties: table,
  connected_at: figure,
  state: text,
});

export interface ConnectionInfo {
  name: string;
  vhost: string | null;
  node: string | null;
  user: string | null;
  client: Consumer['client'];
  /** ms since 1970 */
  connectedAt: number | null;
  /** running, blocking (would be blocked if it published), blocked, flow, … */
  state?: string | null;
}

export function readConnections(body: unknown): ConnectionInfo[] {
  return z
    .array(connectionWire)
    .parse(body)
    .map((w) => {
      const said = (key: string) => {
        const value = w.client_properties[key];
        return typeof value === 'string' ? value : null;
      };
      return {
        name: w.name,
        vhost: w.vhost,
        node: w.node,
        user: w.user,
        client: {
          name: said('connection_name'),
          product: said('product'),
          version: said('version'),
          platform: said('platform'),
        },
        connectedAt: w.connected_at,
        state: w.state,
      };
    });
}

/** What channels or connections could not tell (lists not read, or a moment older) is null. */
export function joinConsumers(
  consumers: readonly BareConsumer[],
  channels: readonly ChannelInfo[],
  connections: readonly ConnectionInfo[],
): Consumer[] {
  const channelBy = new Map(channels.map((c) => [c.name, c]));
  const connectionBy = new Map(connections.map((c) => [c.name, c]));
  return consumers.map(({ channelName, ...c }) => {
    const channel = channelBy.get(channelName);
    const connection = connectionBy.get(c.connection);
    return {
      ...c,
      user: c.user ?? connection?.user ?? null,
      client: connection?.client ?? { name: null, product: null, version: null, platform: null },
      unacked: channel?.unacked ?? null,
      deliverRate: channel?.deliverRate ?? null,
      ackRate: channel?.ackRate ?? null,
      connectedAt: connection?.connectedAt ?? null,
    };
  });
}
