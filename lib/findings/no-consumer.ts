/**
 * Messages wait and nobody takes them. Not said of streams (they keep messages for whoever comes), of dead-letter queues
 * (see dead-letters), of queues that wait on purpose (a TTL and a DLX, or part of a retry loop, and no consumer ever), nor
 * of those that somebody empties by asking (basic.get) instead of consuming.
 */
import { type GoneConsumer, type Queue, queueKey } from '../model/broker.ts';
import { count, type Look, type QueueRule, said } from './rule.ts';

/** A consumer that restarts is away for a few seconds: that is no news. */
const HOLD_MS = 5_000;
/** Whoever asks for messages does so at least so often. */
const ASKED_MS = 60_000;
/** Once said, an empty queue is unsaid after so long: what comes and goes at once is no end of it. */
const EMPTY_MS = 15_000;

const how: Record<GoneConsumer['cause'], string> = {
  cancelled: 'it was cancelled',
  'queue deleted': 'the queue was deleted and made again',
  'client closed': 'its client closed the connection',
  'client lost': 'its client was lost: the process or the network ended',
  'heartbeat missed': 'its client missed heartbeats',
  'closed by operator': 'an operator closed its connection',
  'connection error': 'its connection ended with an error',
  'connection ended': 'its connection ended',
  'channel error': 'its channel was closed for an error',
  'channel closed': 'its channel was closed',
  'node restarted': 'its node was restarted',
  'broker away': 'it has not come back since the broker was away',
};

export const noConsumer: QueueRule = (q, look) => {
  if (q.consumers !== 0 || q.type === 'stream') return null;
  const before = said(look, q, 'no_consumer');
  if (!q.ready && (!before || isEmptyFor(q, look))) return null;
  const { past } = look;
  const key = queueKey(q.vhost, q.name);
  if (look.dead.has(key)) return null;
  const had = past.hadConsumer(q.vhost, q.name);
  if (!had && (look.retry.has(key) || waitsOnPurpose(q))) return null;
  const since = past.unattendedSince(q.vhost, q.name);
  if (since === null || look.now - since < HOLD_MS) return null;
  const mayBeAsked = !before || q.rates.deliver !== 0;
  if (mayBeAsked && look.now - since > ASKED_MS && isAskedFor(q, look)) return null;
  return {
    code: 'no_consumer',
    level: 'warn',
    words: wordsFor(q, look),
    figure: q.ready === null ? 'unknown' : `${count(q.ready)} ready`,
    // Before Hoplight looked, nothing is known.
    since: had ? since : null,
  };
};

function waitsOnPurpose(q: Queue): boolean {
  return q.deadLetter !== null && q.limits.messageTtlMs !== null;
}

function isAskedFor(q: Queue, { past }: Look): boolean {
  return past.points(q.vhost, q.name, ASKED_MS).some((p) => p.deliver !== null && p.deliver > 0);
}

function isEmptyFor(q: Queue, { past }: Look): boolean {
  return past.points(q.vhost, q.name, EMPTY_MS).every((p) => !p.ready);
}

function wordsFor(q: Queue, look: Look): string {
  const last = look.gone(q)[0];
  if (!last) return 'Messages wait here and nobody consumes them';
  return `No consumer: the last went away, ${how[last.cause]}${last.code === null ? '' : ` (${last.code})`}`;
}
