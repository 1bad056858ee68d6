/** Which condition what was seen of a consumer speaks for. Pure; the state machine is drawn in `conditions.ts`. */
import type { Condition, Consumer } from '../model/broker.ts';
import type { Backlog } from './backlog.ts';
import type { Allowed, ChannelWatch } from './channel-watch.ts';
import type { Flaps } from './flapping.ts';

/** More than twice the lag of the broker's lists: what lasts so long is no artefact of reading. */
export const HOLD_MS = 20_000;
/** The same of being passed over: the broker itself closes a connection whose socket takes nothing for 30 s. */
const PASSED_OVER_MS = 15_000;
const MIN_READINGS = 3;
/** Without a message for so long it is idle. */
const IDLE_MS = 30_000;
/** A consumer that has been as slow before is given three times its longest pause, but no longer than this. */
const MOST_PATIENCE_MS = 1_200_000;
/** The queue could hand on at once for so large a share of time: its consumers do not hold it up. */
const UTILISED = 0.9;

/** What one reading shows of a consumer, with what was before. */
export interface Seen {
  consumer: Consumer;
  /** Null: not read. */
  channel: ChannelWatch | null;
  allowed: Allowed;
  backlog: Backlog | null;
  /** Null: it does not come and go. */
  flaps: Flaps | null;
  /** As the broker calls it: flow, blocked, …; null: running, or unknown. */
  connectionState: string | null;
  /** Since when it has been full while messages wait (short breaks forgiven); null: it is not. */
  fullSince: number | null;
  before: Condition | null;
  stuckMs: number;
  /** When the first reading was. */
  lookedFrom: number;
  now: number;
}

/** `since`: the first reading that bears it out, ms since 1970. */
export function conditionOf(s: Seen): { condition: Condition; since: number } {
  const { consumer: c, channel, now } = s;
  if (c.activity === 'suspected_down') return { condition: 'unknown', since: now };
  if (c.activity === 'waiting' || c.active === false) return { condition: 'waiting', since: now };
  const unacked = held(s);
  if (channel === null || !channel.counted || unacked === null) return { condition: 'unknown', since: now };
  const still = c.ackRequired ? channel.stillSince : null;
  if (still !== null && channel.at - still >= patienceMs(channel, s.stuckMs))
    return { condition: 'stuck', since: still };
  if (s.flaps !== null) return { condition: 'flapping', since: s.flaps.firstAt };
  const passedOver = passedOverSince(s, channel);
  if (passedOver !== null) return { condition: 'idle with messages waiting', since: passedOver };
  if (s.fullSince !== null && isSaturated(s, channel, s.fullSince))
    return { condition: 'saturated', since: s.fullSince };
  return restOf(s, channel, unacked);
}

/** Longest time without an ack that is no trouble: of slow jobs, as they have been seen to take. */
export function patienceMs(channel: ChannelWatch, stuckMs: number): number {
  return Math.max(stuckMs, Math.min(MOST_PATIENCE_MS, 3 * channel.longestPauseMs));
}

/** Full now, while messages wait, as far as this reading tells. */
export function isFull(s: Pick<Seen, 'consumer' | 'channel' | 'allowed' | 'backlog'>): boolean {
  const { consumer, channel, allowed, backlog } = s;
  if (!consumer.ackRequired || !channel?.unacked || backlog?.since == null) return false;
  const { queue } = backlog;
  // Of a stream all messages are ready, for everybody and for ever.
  if (queue.type === 'stream' || (queue.utilisation ?? 0) >= UTILISED) return false;
  const most = Math.min(allowed.unacked, channel.globalPrefetch || Number.POSITIVE_INFINITY);
  // A busy one is seen between an ack and the next delivery now and then.
  return Number.isFinite(most) && channel.unacked >= Math.ceil(most * 0.9);
}

/** Messages of its channel that may be its own. */
function held({ consumer, channel }: Seen): number | null {
  return consumer.ackRequired ? (channel?.unacked ?? null) : 0;
}

/** It acks: else it works at something long, or is about to be stuck. */
function isSaturated(s: Seen, channel: ChannelWatch, fullSince: number): boolean {
  if (s.before === 'saturated') return true;
  return s.now - fullSince >= HOLD_MS && channel.settledAt !== null && channel.settledAt >= fullSince;
}

/** Since when messages have waited while it had room and was given none; null: that is not so, or not for long enough. */
function passedOverSince({ consumer: c, backlog, channel, now }: Seen, watch: ChannelWatch): number | null {
  if (backlog?.since == null || backlog.queue.type === 'stream') return null;
  const unacked = channel?.unacked ?? 0;
  const full = c.ackRequired && c.prefetch !== 0 && (c.prefetch === null || unacked >= c.prefetch);
  if (full || (watch.globalPrefetch > 0 && unacked >= watch.globalPrefetch)) return null;
  const long =
    now - backlog.since >= PASSED_OVER_MS &&
    backlog.readings >= MIN_READINGS &&
    watch.at - watch.pushedAt >= PASSED_OVER_MS;
  return long ? Math.max(backlog.since, watch.pushedAt) : null;
}

/** No trouble: working or idle. */
function restOf(s: Seen, channel: ChannelWatch, unacked: number): ReturnType<typeof conditionOf> {
  const { consumer, backlog, before, now } = s;
  const quietSince = Math.max(channel.pushedAt, channel.settledAt ?? 0);
  const nothingWaits = backlog !== null && (backlog.queue.ready === 0 || backlog.queue.type === 'stream');
  const neverHanded = channel.pushedAt === channel.seenFrom && !consumer.deliverRate;
  if (unacked > 0 || consumer.deliverRate) return { condition: 'working', since: now };
  if (nothingWaits) {
    const idle = neverHanded || channel.at - quietSince >= IDLE_MS;
    return idle ? { condition: 'idle', since: quietSince } : { condition: 'working', since: now };
  }
  if (backlog === null || backlog.queue.ready === null) return { condition: 'unknown', since: now };
  // Messages wait and it takes none: too short a time yet to say that it is passed over.
  if (!neverHanded) return { condition: before === 'idle' ? 'idle' : 'working', since: now };
  return { condition: before === 'idle' || before === 'working' ? before : 'unknown', since: now };
}
