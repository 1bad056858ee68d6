/** What is said of a consumer's condition: the evidence, and what to do. Pure. Figures are coarse, so that words rest. */
import type { Condition } from '../model/broker.ts';
import type { Allowed } from './channel-watch.ts';
import type { Seen } from './condition-of.ts';

/** Empty where nothing is to be said. */
export function wordsOf(condition: Condition, seen: Seen, since: number): string {
  switch (condition) {
    case 'working':
    case 'idle':
      return '';
    case 'waiting':
      return 'Another consumer of its queue is the single active one. It takes over when that one goes.';
    case 'unknown':
      return unknownWords(seen);
    case 'stuck':
      return stuckWords(seen);
    case 'saturated':
      return saturatedWords(seen);
    case 'flapping':
      return flappingWords(seen);
    case 'idle with messages waiting':
      return passedOverWords(seen, seen.now - since);
  }
}

function stuckWords({ channel, allowed, connectionState, now }: Seen): string {
  const evidence = `${count(channel?.unacked ?? 0)} unacked, nothing acked for over ${long(now - (channel?.stillSince ?? now))}.`;
  const blocked = blockedWords(connectionState);
  return [
    evidence,
    shared(allowed),
    blocked ??
      'Look at what its handler waits for (a lock, a call without a timeout), or whether it forgets to ack. ' +
        'At consumer_timeout (30 min, unless set) the broker closes its channel and delivers them again.',
  ]
    .filter(Boolean)
    .join(' ');
}

function saturatedWords({ consumer, channel, allowed, backlog, connectionState }: Seen): string {
  const most = Math.min(allowed.unacked, channel?.globalPrefetch || Number.POSITIVE_INFINITY);
  const utilisation = shareWords(backlog?.queue.utilisation ?? null);
  return [
    `It holds all ${count(most)} that prefetch allows while messages wait, and acks.`,
    utilisation && `The queue could hand on at once ${utilisation} of the time.`,
    shared(allowed),
    blockedWords(connectionState) ??
      (consumer.prefetch === 1
        ? 'With prefetch 1 it waits for the network after each ack: raise it where handling is quick, else add consumers.'
        : 'Its handler is the limit: add consumers, or make it quicker; a larger prefetch helps only over a slow network.'),
  ]
    .filter(Boolean)
    .join(' ');
}

function passedOverWords({ consumer, channel, backlog, connectionState }: Seen, forMs: number): string {
  const free = (consumer.prefetch ?? 0) - (channel?.unacked ?? 0);
  const room =
    consumer.ackRequired && consumer.prefetch
      ? `it has room for ${count(free)} more`
      : 'no prefetch limits it';
  const state = backlog?.queue.state ?? null;
  const odd = state !== null && state !== 'running' && state !== 'idle';
  return [
    `Messages wait and ${room}, yet it was handed none for over ${long(forMs)}.`,
    odd
      ? `The queue is in state "${state}": look at its node first.`
      : (flowWords(connectionState) ??
        'Look whether its process still reads from the connection, and quickly enough: paused, swapping or busy in its event loop it takes little; one that takes nothing for 30 s is closed.'),
  ].join(' ');
}

function flappingWords({ flaps }: Seen): string {
  if (flaps === null) return '';
  const { last } = flaps;
  const how = last.code === null ? last.cause : `${last.cause} ${last.code}`;
  return [
    `Its like came and went ${flaps.times} times in 10 min, the last by: ${how}.`,
    last.check || 'Look at its log for what ends it soon after it has started.',
  ].join(' ');
}

function unknownWords({ consumer, channel, backlog }: Seen): string {
  if (consumer.activity === 'suspected_down')
    return 'The broker suspects that the node of its connection is down.';
  if (channel === null || channel.unacked === null)
    return 'The figures of its channel cannot be read, or are not there yet.';
  if (!channel.counted)
    return 'Metrics collection is off on the broker: neither deliveries nor acks are counted.';
  if (backlog === null || backlog.queue.ready === null)
    return 'How many messages wait for it cannot be read.';
  return 'Messages wait and it takes none; the next few readings tell whether that lasts.';
}

function blockedWords(state: string | null): string | null {
  if (state !== 'blocked' && state !== 'blocking') return null;
  return 'Its connection is blocked by a memory or disk alarm, which holds back acks too: clear the alarm, and publish on a connection of its own.';
}

function flowWords(state: string | null): string | null {
  return state === 'flow'
    ? 'Its connection is in flow control: it also publishes faster than the broker can take.'
    : blockedWords(state);
}

function shared({ consumers }: Allowed): string {
  if (consumers < 2) return '';
  return `Told of its channel, which it shares with ${consumers - 1 === 1 ? 'another consumer' : `${consumers - 1} others`}.`;
}

function shareWords(share: number | null): string {
  if (share === null || share >= 0.75) return '';
  return share < 0.25 ? 'less than a quarter' : share < 0.5 ? 'less than half' : 'less than three quarters';
}

const STEPS = [1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60];

/** In steps that grow: `20 s`, `4 min`, `2 h`. */
export function long(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return `${Math.max(10, Math.floor(ms / 10_000) * 10)} s`;
  if (minutes >= 120) return `${Math.floor(minutes / 60)} h`;
  return `${STEPS.findLast((step) => step <= minutes) ?? 1} min`;
}

function count(n: number): string {
  return n.toLocaleString('en-US');
}
