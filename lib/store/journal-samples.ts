/** Replay jobs and journal rows for the store's tests. */
import type { ReplayMessage } from '../model/replay.ts';
import type { StoredJob } from './state.ts';

const T0 = 1_700_000_000_000;

export function jobOf(change: Partial<StoredJob> = {}): StoredJob {
  const request = {
    vhost: '/',
    queue: 'dead',
    select: { kind: 'all' as const },
    target: { kind: 'origin' as const },
    dryRun: false,
    consent: [],
    act: 'replay' as const,
    keepOrder: false,
    expiration: 'keep' as const,
    persistent: false,
    maxReplays: 10,
    followSeconds: 0,
  };
  return {
    id: 'job-1',
    state: 'planned',
    by: 'guest',
    vhost: '/',
    queue: 'dead',
    request,
    plan: {
      vhost: '/',
      queue: 'dead',
      queueType: 'classic',
      brokerVersion: '4.3.6',
      selected: 2,
      inQueue: 2,
      exact: true,
      fingerprint: null,
      origins: [],
      stays: [],
      targets: [],
      changes: [],
      warnings: [],
      reading: { level: 'none', words: 'Nothing is lost by reading.', limit: null },
      keepsOrder: true,
      plannedAt: T0,
    },
    createdAt: T0,
    startedAt: null,
    endedAt: null,
    note: null,
    hold: null,
    phase: 'rest',
    followUntil: null,
    rate: null,
    exported: null,
    steps: [],
    ...change,
  };
}

export function messageOf(seq: number, change: Partial<ReplayMessage> = {}): ReplayMessage {
  return {
    seq,
    replayId: `job-1.${seq}`,
    deadLetterId: `d.${seq}`,
    journey: `message:m${seq}`,
    ids: { messageId: `m${seq}` },
    originQueue: 'orders',
    exchange: '',
    routingKey: 'orders',
    attempt: 1,
    outcome: 'waiting',
    possiblyDuplicated: false,
    reason: null,
    at: T0,
    ...change,
  };
}
