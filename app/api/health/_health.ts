/** Health of Hoplight's parts and of the consumers' work, from one live state. Pure. */
import type { Health } from '../../../lib/model/api.ts';
import { isOwnQueue } from '../../../lib/model/broker.ts';
import type { LiveState, QueueRow } from '../../../lib/model/live.ts';

type Component = Health['components'][string];

/** Queues shallower than this are not worth a line. */
const LAG_FROM = 100;
const MOST_QUEUES = 50;

export function health(state: LiveState): Health {
  const components = {
    management: management(state),
    amqp: amqp(state),
    tap: tap(state),
    store: store(state),
    consumers: consumers(state),
  };
  return { status: worst(Object.values(components).map((c) => c.status)), components };
}

/** DOWN beats DEGRADED beats UNKNOWN beats UP. */
function worst(states: readonly Component['status'][]): Component['status'] {
  return (['DOWN', 'DEGRADED', 'UNKNOWN'] as const).find((s) => states.includes(s)) ?? 'UP';
}

function management(s: LiveState): Component {
  const details = { version: s.version, cluster: s.cluster, readAt: s.readAt, since: s.since };
  if (s.freshness === 'away') return { status: 'DOWN', words: s.reason ?? 'The broker is away.', details };
  if (s.readAt === null) return { status: 'UNKNOWN', words: s.reason ?? 'It was not read yet.', details };
  if (s.freshness === 'stale')
    return { status: 'DEGRADED', words: s.reason ?? 'The last reading is old.', details };
  const alarm = s.attention.find((a) => a.code === 'alarm' || a.code === 'node_down');
  if (alarm) return { status: 'DEGRADED', words: alarm.words, details };
  return { status: 'UP', words: 'It is read every few seconds.', details };
}

function amqp({ status: { amqp: a } }: LiveState): Component {
  const details = { state: a.state, since: a.since };
  if (a.state === 'open') return { status: 'UP', words: 'Connected.', details };
  return { status: 'DEGRADED', words: `${a.state}${a.reason ? `: ${a.reason}` : ''}`, details };
}

function tap({ status: { taps, capture } }: LiveState): Component {
  const details = {
    received: capture.received,
    stored: capture.stored,
    inMemory: capture.inMemory,
    dropped: capture.dropped,
    taps: taps.map(({ vhost, state, eventsPerSecond }) => ({ vhost, state, eventsPerSecond })),
  };
  const silent = taps.filter((t) => t.state !== 'on');
  if (silent.length > 0)
    return { status: 'DEGRADED', words: silent.map((t) => `${t.vhost}: ${t.words}`).join(' '), details };
  if (taps.length === 0) return { status: 'UNKNOWN', words: 'No tap is known yet.', details };
  return { status: 'UP', words: 'Every tap listens.', details };
}

function store({ status: { store: s } }: LiveState): Component {
  const { facts, bytes, limitBytes, segments, oldestAt } = s;
  return {
    status: s.ok ? 'UP' : 'DOWN',
    words: s.words,
    details: { facts, bytes, limitBytes, segments, oldestAt },
  };
}

/** Whether the work gets done: depth, consumers and drain rate of each queue that has piled up. */
function consumers(s: LiveState): Component {
  const blind = s.readAt === null || s.freshness === 'away';
  // Of the rows, since what has a cause is folded under it in the list.
  const trouble = s.queues
    .flatMap((q) => q.attention ?? [])
    .filter((a) => a.code === 'no_consumer' || a.code === 'growing');
  const deep = s.queues
    .filter((q) => !isOwnQueue(q.name) && (q.total ?? 0) >= LAG_FROM)
    .sort((a, b) => (b.total ?? 0) - (a.total ?? 0));
  const details = {
    unacked: s.totals.unacked,
    deadLetters: s.deadLetters,
    lagFrom: LAG_FROM,
    queuesWithLag: deep.length,
    queues: deep.slice(0, MOST_QUEUES).map(lagOf),
  };
  if (blind) return { status: 'UNKNOWN', words: 'The broker is not read now.', details };
  if (trouble.length === 0) return { status: 'UP', words: 'No queue waits for its consumers.', details };
  const first = trouble.slice(0, 3).map((a) => `${a.queue}: ${a.words} (${a.figure})`);
  const more = trouble.length > 3 ? ` and ${trouble.length - 3} more` : '';
  return { status: 'DEGRADED', words: `${first.join('; ')}${more}`, details };
}

/** `drainPerSecond`: acked less published, negative while it grows. `secondsToEmpty`: null unless it drains. */
function lagOf(q: QueueRow) {
  const { publish, ack } = q.rates;
  const drain = publish === null || ack === null ? null : ack - publish;
  return {
    vhost: q.vhost,
    queue: q.name,
    depth: q.total,
    consumers: q.consumers,
    ackPerSecond: ack,
    publishPerSecond: publish,
    drainPerSecond: drain,
    secondsToEmpty: drain !== null && drain > 0 && q.total !== null ? Math.ceil(q.total / drain) : null,
  };
}
