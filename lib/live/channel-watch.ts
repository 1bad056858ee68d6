/**
 * What a channel does from one reading of the channels to the next: whether it is handed messages, whether it settles any.
 * The broker's list of channels lags up to 7 s, and unacked and counters may differ in age by as much.
 */
import type { ChannelInfo } from '../broker/consumers.ts';
import type { Consumer } from '../model/broker.ts';

/** How old a figure in the broker's lists may be, ms. */
export const LAG_MS = 7_000;

/** Times are ms since 1970, of readings. */
export interface ChannelWatch {
  /** Of its last reading. */
  at: number;
  seenFrom: number;
  unacked: number | null;
  globalPrefetch: number;
  /** False: the broker does not count (metrics collection off), so that all below is not known. */
  counted: boolean;
  /** Last reading at which it held none; null: never seen so. */
  emptyAt: number | null;
  /** Since this reading it has held messages and settled none; null: it holds none. */
  stillSince: number | null;
  /** Last reading that showed a message acked, rejected or given back since the reading before; null: none seen yet. */
  settledAt: number | null;
  /** The same of a message handed to a consumer. `seenFrom`: none seen yet. */
  pushedAt: number;
  /** Longest time in which it held messages and settled none, and then did settle, ms; an old one fades. */
  longestPauseMs: number;
  acked: number;
  pushed: number;
  /** The most that was ever settled, as delivered less unacked: that figure may also fall back, for lag. */
  settledMost: number;
}

/** After a reading of the channels at `at`; `before` is null when the channel was not there. */
export function watchChannel(before: ChannelWatch | null, info: ChannelInfo, at: number): ChannelWatch {
  const { unacked, counts } = info;
  const settledByNow = counts === null || unacked === null ? 0 : counts.delivered - unacked;
  const was = before?.counted ? before : null;
  const settled =
    was !== null && counts !== null && (counts.acked !== was.acked || settledByNow > was.settledMost);
  const pushed = was !== null && counts !== null && counts.pushed !== was.pushed;
  const still = before?.stillSince ?? null;
  const pause = settled && still !== null ? at - still : null;
  return {
    at,
    seenFrom: before?.seenFrom ?? at,
    unacked,
    globalPrefetch: info.globalPrefetch ?? 0,
    counted: counts !== null,
    emptyAt: unacked === 0 ? at : (before?.emptyAt ?? null),
    stillSince: !unacked ? null : settled || still === null ? at : still,
    settledAt: settled ? at : (before?.settledAt ?? null),
    pushedAt: pushed ? at : (before?.pushedAt ?? at),
    longestPauseMs:
      pause === null ? (before?.longestPauseMs ?? 0) : Math.max(pause, (before?.longestPauseMs ?? 0) * 0.9),
    acked: counts?.acked ?? 0,
    pushed: counts?.pushed ?? 0,
    settledMost: Math.max(settledByNow, was?.settledMost ?? settledByNow),
  };
}

/** What the consumers of one channel may hold together. */
export interface Allowed {
  consumers: number;
  /** Infinity: no limit. */
  unacked: number;
}

/** A channel that has consumers, or had. */
export interface Channel {
  readonly name: string;
  /** Null: not in the last list of channels that could be read. */
  watch: ChannelWatch | null;
  allowed: Allowed;
  /** The number of the reading in which it had a consumer last. */
  reading: number;
}

export interface Channels {
  /** To be kept beside each of its consumers: ten thousand need no name looked up then. */
  of(name: string): Channel;
  /** Of each consumer of a reading. */
  use(channel: Channel, consumer: Consumer): void;
  /** After that. `list` null, or of the same time as before: not read anew. */
  after(list: readonly ChannelInfo[] | null, at: number): void;
}

export function createChannels(): Channels {
  const channels = new Map<string, Channel>();
  let reading = 0;
  let readAt = Number.NEGATIVE_INFINITY;

  return {
    of(name) {
      const known = channels.get(name);
      if (known) return known;
      const channel = { name, watch: null, allowed: { consumers: 0, unacked: 0 }, reading };
      channels.set(name, channel);
      return channel;
    },
    use(channel, consumer) {
      const { allowed } = channel;
      if (channel.reading !== reading || allowed.consumers === 0) {
        channel.reading = reading;
        allowed.consumers = 0;
        allowed.unacked = 0;
      }
      allowed.consumers++;
      if (consumer.ackRequired) allowed.unacked += consumer.prefetch || Number.POSITIVE_INFINITY;
    },
    after(list, at) {
      for (const [name, channel] of channels) if (channel.reading !== reading) channels.delete(name);
      reading++;
      if (list === null || at === readAt) return;
      readAt = at;
      for (const info of list) {
        const channel = channels.get(info.name);
        if (channel) channel.watch = watchChannel(channel.watch, info, at);
      }
      for (const channel of channels.values()) if (channel.watch?.at !== at) channel.watch = null;
    },
  };
}
