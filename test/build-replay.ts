/** Replay jobs, plans and rows for tests: whole and valid, with what a test names in place of the usual. */
import { type Plan, type ReplayCounts, type ReplayJob, replayRequestSchema } from '../lib/model/replay.ts';

export const AT = Date.UTC(2026, 10, 21, 10, 46, 14);

export function aPlan(more: Partial<Plan> = {}): Plan {
  return {
    vhost: '/',
    queue: 'billing.dead',
    queueType: 'quorum',
    brokerVersion: '4.3.6',
    selected: 1_102,
    inQueue: 1_240,
    exact: true,
    fingerprint: null,
    origins: [],
    stays: [],
    targets: [
      {
        exchange: '',
        routingKey: 'billing',
        messages: 1_102,
        reaches: [{ queue: 'billing', type: 'quorum', consumers: 4, depth: 0, ackRate: 88 }],
        mayWrite: 'yes',
      },
    ],
    changes: [],
    warnings: [],
    reading: { level: 'none', words: 'Reading is free of harm here.', limit: null },
    keepsOrder: false,
    plannedAt: AT,
    ...more,
  };
}

export function someCounts(more: Partial<ReplayCounts> = {}): ReplayCounts {
  return {
    selected: 1_102,
    waiting: 0,
    sending: 0,
    confirmed: 0,
    delivered: 0,
    settled: 0,
    diedAgain: 0,
    returned: 0,
    skipped: 0,
    deleted: 0,
    unknown: 0,
    possiblyDuplicated: 0,
    ...more,
  };
}

export function aJob(more: Partial<ReplayJob> = {}): ReplayJob {
  return {
    id: 'r119',
    state: 'running',
    by: 'anna',
    vhost: '/',
    queue: 'billing.dead',
    request: replayRequestSchema.parse({ vhost: '/', queue: 'billing.dead' }),
    plan: aPlan(),
    counts: someCounts(),
    createdAt: AT,
    startedAt: AT,
    endedAt: null,
    note: null,
    steps: [],
    hold: null,
    phase: 'rest',
    followUntil: null,
    rate: null,
    exported: null,
    ratePerSecond: null,
    ...more,
  };
}
