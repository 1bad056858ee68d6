/**
 * How each consumer that is there does, from one reading after another.
 *
 *                         ┌──────── messages move, or it holds some ─────────┐
 *                         ▼                                                  │
 *   (came) ──▶ unknown ──▶ working ──(holds none, handed none for 30 s)──▶ idle
 *                │          │ ▲                                              │
 *                │          │ └─(an ack, a message, or nothing waits)─┐      │
 *                │          │                                         │      │
 *                │          ├─(full while messages wait, 20 s, acks)──┼─▶ saturated ──(holds, no ack for long)──▶ stuck
 *                │          ├─(holds, no ack for long)────────────────┼─▶ stuck ──(an ack)──▶ working
 *                │          └─(room, messages wait, handed none 15 s)─┴─▶ idle with messages waiting
 *                │
 *   from everywhere, the first that fits:
 *     the broker calls it waiting (single active consumer) ─▶ waiting
 *     its figures cannot be read for 10 s ──────────────────▶ unknown
 *     its like came and went 3 times in 10 min ─────────────▶ flapping ──(fewer than 2)──▶ as it does then
 *
 * The broker's lists lag up to 7 s: what is said only after 15 s or more, and by three readings, is no artefact of that.
 * "No ack for long" is `stuckMs`, or three times the longest pause that it has been seen to take before (at most 20 min).
 */
import type { ChannelInfo, ConnectionInfo } from '../broker/consumers.ts';
import type { Consumer, ConsumerRow, GoneConsumer, Snapshot } from '../model/broker.ts';
import { type Backlog, createBacklogs } from './backlog.ts';
import { type Channel, createChannels, LAG_MS } from './channel-watch.ts';
import { conditionOf, HOLD_MS, isFull, type Seen } from './condition-of.ts';
import { wordsOf } from './condition-words.ts';
import { FLAP_MS, flapsOf, identityOf, isFlapping } from './flapping.ts';
import { consumerKey, type Reading } from './reading.ts';

/** What is known beside the snapshot. */
export interface Heard {
  /** Null: could not be read, now. */
  channels: readonly ChannelInfo[] | null;
  /** When they were asked for, ms since 1970; an answer given again is not a new reading. */
  channelsAt: number;
  connections: readonly ConnectionInfo[] | null;
  /** Newest first. */
  gone: readonly GoneConsumer[];
  /** False: the snapshot's consumers could not be read, which is not that there are none. */
  consumersKnown: boolean;
}

export function heardOf(r: Reading, gone: readonly GoneConsumer[]): Heard {
  return {
    channels: r.channels.failed ? null : r.channels.value,
    channelsAt: r.channels.askedAt ?? 0,
    connections: r.connections.failed ? null : r.connections.value,
    gone,
    consumersKnown: !r.consumers.failed,
  };
}

export interface Conditions {
  /** After a reading. Its consumers in a lasting order; those whose figures did not change are the same objects. */
  after(snapshot: Snapshot, heard: Heard): ConsumerRow[];
}

/** Without an ack for so long, holding messages, it is stuck. */
const STUCK_MS = 180_000;
/** A part that cannot be read for a moment makes nobody unknown. */
const UNKNOWN_MS = 10_000;
/** Words carry coarse figures; they are made anew no more often. */
const WORDS_MS = 60_000;
/** Shorter, how long a message is held is told by its figure alone. */
const OLD_MS = 15_000;

interface State {
  row: ConsumerRow | null;
  /** Null: it was there when we began to look. */
  cameAt: number | null;
  channel: Channel;
  backlog: Backlog | null;
  fullSince: number | null;
  /** When it was seen full last. */
  fullAt: number;
  /** Since when its condition reads as unknown while the one of before is kept; null: it does not. */
  unknownSince: number | null;
  wordsAt: number;
  /** The number of the reading that saw it last. */
  reading: number;
}

/** `stuckMs`: the shortest time without an ack that is trouble. */
export function createConditions({ stuckMs = STUCK_MS }: { stuckMs?: number | undefined } = {}): Conditions {
  const states = new Map<string, State>();
  const departed = new Map<string, { cameAt: number | null; at: number }>();
  const backlogs = createBacklogs();
  const channels = createChannels();
  /** In the order of the last list: the next one's is nearly always the same, and no key is made to find each again. */
  let listed: State[] = [];
  let reading = 0;
  let lookedFrom = 0;

  function stateOf(consumer: Consumer, hint: State | undefined, now: number): State {
    if (hint?.row && isThis(hint.row, consumer)) return hint;
    const key = consumerKey(consumer);
    const known = states.get(key);
    if (known) return known;
    const state: State = {
      row: null,
      cameAt: reading === 1 ? null : now,
      channel: channels.of(`${consumer.connection} (${consumer.channel})`),
      backlog: null,
      fullSince: null,
      fullAt: 0,
      unknownSince: null,
      wordsAt: 0,
      reading,
    };
    states.set(key, state);
    return state;
  }

  function cameAtOf(one: GoneConsumer): number | null {
    const key = consumerKey(one);
    const known = states.get(key) ?? departed.get(key);
    return known ? known.cameAt : one.connectedAt;
  }

  function forget(now: number): void {
    for (const [key, state] of states) {
      if (state.reading === reading) continue;
      states.delete(key);
      departed.set(key, { cameAt: state.cameAt, at: now });
    }
    for (const [key, { at }] of departed) if (at < now - FLAP_MS) departed.delete(key);
  }

  return {
    after(snapshot, heard) {
      if (!heard.consumersKnown) return [];
      const { consumers, readAt: now } = snapshot;
      reading++;
      if (reading === 1) lookedFrom = now;
      const flaps = flapsOf(heard.gone, consumers, cameAtOf, now);
      listed = consumers.map((consumer, i) => stateOf(consumer, listed[i], now));
      listed.forEach((state, i) => {
        const consumer = consumers[i];
        if (consumer) channels.use(state.channel, consumer);
      });
      channels.after(heard.channels, heard.channelsAt);
      backlogs.after(snapshot);
      const odd = oddConnections(heard.connections);
      consumers.forEach((consumer, i) => {
        const state = listed[i];
        if (!state) return;
        state.reading = reading;
        const its = flaps.size === 0 ? null : (flaps.get(identityOf(consumer)) ?? null);
        const { watch, allowed } = state.channel;
        state.backlog = backlogs.of(consumer, state.backlog);
        update(state, {
          consumer,
          channel: heard.channels === null ? null : watch,
          allowed,
          backlog: state.backlog,
          flaps: its && isFlapping(its, state.row?.condition === 'flapping') ? its : null,
          connectionState: odd.size === 0 ? null : (odd.get(consumer.connection) ?? null),
          fullSince: null,
          before: state.row?.condition ?? null,
          stuckMs,
          lookedFrom,
          now,
        });
      });
      forget(now);
      return rowsOf(states);
    },
  };
}

function rowsOf(states: ReadonlyMap<string, State>): ConsumerRow[] {
  const rows: ConsumerRow[] = [];
  for (const { row } of states.values()) if (row) rows.push(row);
  return rows;
}

/** The one place where a consumer's condition changes. */
function update(state: State, seen: Seen): void {
  const { now, consumer, lookedFrom } = seen;
  const was = state.row;
  if (isFull(seen)) {
    state.fullSince ??= now;
    state.fullAt = now;
  } else if (now - state.fullAt >= HOLD_MS) state.fullSince = null;
  seen.fullSince = state.fullSince;
  const read = conditionOf(seen);
  state.unknownSince = read.condition === 'unknown' ? (state.unknownSince ?? now) : null;
  const keep = was !== null && state.unknownSince !== null && now - state.unknownSince < UNKNOWN_MS;
  const condition = keep ? was.condition : read.condition;
  const lasting = was?.condition === condition;
  const since = lasting ? was.since : read.since > lookedFrom ? read.since : null;
  const fresh = !lasting || condition === 'flapping' || now - state.wordsAt >= WORDS_MS;
  if (fresh) state.wordsAt = now;
  const words = was && !fresh ? was.words : wordsOf(condition, seen, since ?? lookedFrom);
  const oldestUnacked = oldestOf(seen, was);
  if (lasting && was.words === words && was.oldestUnacked === oldestUnacked && isSame(was, consumer)) return;
  state.row = { ...consumer, condition, words, since, oldestUnacked };
}

/** Said once nothing was acked for a while: before, it would differ at each reading and tell nothing. */
function oldestOf({ consumer, channel }: Seen, was: ConsumerRow | null): ConsumerRow['oldestUnacked'] {
  if (!consumer.ackRequired || !channel?.counted || channel.stillSince === null) return null;
  if (channel.at - channel.stillSince < OLD_MS) return null;
  // What was empty at a reading may have been handed a message within the lag before it.
  const earliest = channel.emptyAt === null ? null : channel.emptyAt - LAG_MS;
  const latest = channel.stillSince;
  const old = was?.oldestUnacked ?? null;
  return old && old.earliest === earliest && old.latest === latest ? old : { earliest, latest };
}

/** The answer of comparing both keys, without making them. */
function isThis(a: Consumer, b: Consumer): boolean {
  return (
    a.tag === b.tag &&
    a.queue === b.queue &&
    a.vhost === b.vhost &&
    a.channel === b.channel &&
    a.connection === b.connection
  );
}

/** The other fields; a thousand times a reading, so each by its name. */
function isSame(a: Consumer, b: Consumer): boolean {
  return (
    a.unacked === b.unacked &&
    a.deliverRate === b.deliverRate &&
    a.ackRate === b.ackRate &&
    a.active === b.active &&
    a.activity === b.activity &&
    a.prefetch === b.prefetch &&
    a.ackRequired === b.ackRequired &&
    a.exclusive === b.exclusive &&
    a.peer === b.peer &&
    a.user === b.user &&
    a.connectedAt === b.connectedAt &&
    a.client.name === b.client.name &&
    a.client.product === b.client.product &&
    a.client.version === b.client.version &&
    a.client.platform === b.client.platform
  );
}

/** Connections whose state explains something. */
function oddConnections(connections: readonly ConnectionInfo[] | null): Map<string, string> {
  const odd = new Map<string, string>();
  for (const { name, state } of connections ?? []) if (state && state !== 'running') odd.set(name, state);
  return odd;
}
