/** A live state for tests: plain and healthy; name only what the test is about. */
import type { LiveState, QueueRow } from '../lib/model/live.ts';
import { queue } from './build.ts';

export function queueRow(name: string, more: Partial<QueueRow> = {}): QueueRow {
  return { ...queue(name), spark: [], attention: null, ...more };
}

export function liveState(more: Partial<LiveState> = {}): LiveState {
  return {
    now: 0,
    freshness: 'live',
    readAt: 0,
    since: null,
    reason: null,
    cluster: 'rabbit@one',
    version: '4.3.6',
    nodes: [],
    vhosts: ['/'],
    totals: { ready: 0, unacked: 0, total: 0, publish: 0, deliver: 0, ack: 0, redeliver: 0 },
    queues: [],
    consumers: [],
    gone: [],
    attention: [],
    deadLetters: 0,
    readings: [],
    status: {
      taps: [],
      capture: { received: 0, stored: 0, inMemory: 0, dropped: {} },
      store: { facts: 0, bytes: 0, limitBytes: 1, segments: 0, oldestAt: null, words: '', ok: true },
      amqp: { state: 'open', since: 0, reason: null },
      missing: [],
    },
    ...more,
  };
}
