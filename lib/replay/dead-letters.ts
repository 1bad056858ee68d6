/** The list of dead-letter queues: found by where dead letters go, their causes from the tap or from the last reading. Pure. */
import type { DeadLetterList } from '../model/api.ts';
import { queueKey, type Snapshot } from '../model/broker.ts';
import { type DeadLetterTopology, deadLetterTopology } from '../model/dead-letter-topology.ts';
import { type Cause, causeKey } from '../model/death.ts';
import type { DeadLetterQueue } from '../model/replay.ts';
import { route } from '../model/topology.ts';
import type { DeathCount } from '../store/facts.ts';
import { sortCauses } from './causes.ts';
import { findQueue, rulesOf } from './queue-facts.ts';
import type { ReadingNow } from './readings.ts';

/** What is remembered of the last reading of one queue. */
export interface Reading {
  readAt: number;
  inQueue: number;
  read: number;
  causes: Cause[];
  weakest: number | null;
}

export interface DeadLetterView {
  snapshot: Snapshot;
  /** Deaths that the tap saw since `since`; null when it has not been listening. */
  deaths: readonly DeathCount[];
  since: number | null;
  /** By `queueKey`. */
  readings: ReadonlyMap<string, Reading>;
  /** Those that are being read at this moment. */
  readingNow?: ReadonlyMap<string, ReadingNow>;
  mayRead: (vhost: string, queue: string) => boolean;
  /** What people wrote about the causes of a queue, by key. */
  notes?: (vhost: string, queue: string) => DeadLetterQueue['notes'];
}

export type DeadLetters = Pick<DeadLetterList, 'total' | 'queues' | 'lost'>;

/** Waiting queues of retry loops are left out: what lies in them is on its way, not given up. */
export function deadLetters(view: DeadLetterView): DeadLetters {
  const { snapshot } = view;
  const topology = deadLetterTopology(snapshot);
  const tapped = causesByQueue(snapshot, view.deaths);
  const queues = topology.queues
    .filter((q) => !q.retry && view.mayRead(q.vhost, q.queue))
    .map(({ vhost, queue: name, origins }): DeadLetterQueue => {
      const queue = findQueue(snapshot, vhost, name);
      const reading = view.readings.get(queueKey(vhost, name)) ?? null;
      const messages = queue?.total ?? null;
      const { level, words, limit } = queue
        ? rulesOf(snapshot, queue, reading?.weakest ?? null)
        : { level: 'refused' as const, words: 'The queue could not be read from the broker.', limit: 0 };
      return {
        vhost,
        queue: name,
        type: queue?.type ?? 'other',
        messages,
        consumers: queue?.consumers ?? null,
        origins: origins.map((origin) => {
          const from = findQueue(snapshot, vhost, origin.queue);
          return { ...origin, consumers: from?.consumers ?? null, messages: from?.total ?? null };
        }),
        reading: { level, words, limit },
        readingNow: view.readingNow?.get(queueKey(vhost, name)) ?? null,
        notes: view.notes?.(vhost, name) ?? {},
        ...causesOf(messages, reading, tapped.get(queueKey(vhost, name)) ?? [], view.since),
      };
    })
    .sort((a, b) => (b.messages ?? 0) - (a.messages ?? 0) || (a.queue < b.queue ? -1 : 1));
  const known = queues.every((q) => q.messages !== null);
  return {
    total: known ? queues.reduce((sum, q) => sum + (q.messages ?? 0), 0) : null,
    queues,
    lost: [...topology.lost, ...ringsAsLost(topology)].filter((l) => view.mayRead(l.vhost, l.queue)),
  };
}

/** A ring loses dead letters as surely as an exchange that leads nowhere. */
function ringsAsLost({ rings }: DeadLetterTopology): DeadLetters['lost'] {
  return rings.map(({ vhost, queues: [queue = ''], exchange, words }) => ({ vhost, queue, exchange, words }));
}

type CausesPart = Pick<DeadLetterQueue, 'causes' | 'causesFrom' | 'causesSince' | 'causesNote'>;

/** A reading tells what lies there; the tap tells what died since it listens, some of which may be gone again. */
function causesOf(
  messages: number | null,
  reading: Reading | null,
  tapped: Cause[],
  since: number | null,
): CausesPart {
  if (messages === 0) return { causes: [], causesFrom: 'unknown', causesSince: null, causesNote: null };
  if (reading) {
    const partly = reading.read < reading.inQueue;
    const changed = messages !== null && messages !== reading.inQueue;
    const notes = [
      partly ? `Counted over the first ${reading.read.toLocaleString('en-US')} messages only.` : '',
      changed ? `${reading.inQueue.toLocaleString('en-US')} lay here then; read again for those since.` : '',
    ].filter(Boolean);
    return {
      causes: reading.causes,
      causesFrom: 'read',
      causesSince: reading.readAt,
      causesNote: notes.join(' ') || null,
    };
  }
  if (tapped.length > 0) {
    const seen = tapped.reduce((sum, c) => sum + c.count, 0);
    return {
      causes: tapped,
      causesFrom: 'tap',
      causesSince: since,
      causesNote:
        seen === messages
          ? null
          : `The tap saw ${seen.toLocaleString('en-US')} die; ${messages === null ? 'how many lie here is unknown' : `${messages.toLocaleString('en-US')} lie here`}. Read the messages to know.`,
    };
  }
  return {
    causes: [],
    causesFrom: 'unknown',
    causesSince: null,
    causesNote: 'The tap saw none of these die. Read the messages to know why.',
  };
}

/** Where each counted death went: through its exchange with its key, as the bindings are now. */
function causesByQueue(snapshot: Snapshot, deaths: readonly DeathCount[]): Map<string, Cause[]> {
  const byQueue = new Map<string, Map<string, Cause>>();
  for (const death of deaths) {
    const { queues } = route(snapshot, death.vhost, death.exchange, [death.routingKey]);
    for (const name of queues) {
      const causes = byQueue.get(queueKey(death.vhost, name)) ?? new Map<string, Cause>();
      byQueue.set(queueKey(death.vhost, name), causes);
      add(causes, death);
    }
  }
  return new Map([...byQueue].map(([key, causes]) => [key, sortCauses([...causes.values()])]));
}

function add(causes: Map<string, Cause>, death: DeathCount): void {
  const key = causeKey(death.originQueue, death.reason, death.error);
  const old = causes.get(key);
  causes.set(key, {
    key,
    originQueue: death.originQueue,
    reason: death.reason,
    error: death.error,
    count: (old?.count ?? 0) + death.count,
    firstAt: Math.min(old?.firstAt ?? death.firstAt, death.firstAt),
    lastAt: Math.max(old?.lastAt ?? death.lastAt, death.lastAt),
    trend: death.trend.map((n, i) => n + (old?.trend[i] ?? 0)),
  });
}
