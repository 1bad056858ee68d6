/** Readings for tests of the metrics: every kind of figure has a value. */
import type { Readings } from '../lib/telemetry/metrics.ts';

export const readingsSample: Readings = {
  taps: [
    {
      vhost: '/',
      state: 'on',
      since: 0,
      words: '',
      eventsPerSecond: 1,
      bytesPerSecond: 1,
      deadLetterExchanges: [],
    },
  ],
  capture: { received: 10, stored: 7, inMemory: 1, dropped: { 'store full': 2 } },
  store: { facts: 7, bytes: 70, limitBytes: 700, segments: 1, oldestAt: null, words: '', ok: true },
  amqp: { state: 'backing off', since: 0, reason: 'x' },
  otlp: { received: 5, accepted: 4, rejected: { 'bad trace ID': 1 } },
  giveBack: null,
  snapshotReadAt: 9_000,
  freshness: 'stale',
  journeys: [{ vhost: '/', status: 'dead', count: 2 }],
  listened: [{ vhost: '/', listened: 90.5, accounted: 100, gaps: { 'tap-off': 9.5 } }],
  attention: ['a', 'b'].map((queue) => ({
    code: 'growing',
    level: 'warn',
    vhost: '/',
    queue,
    words: '',
    figure: '',
    since: null,
  })),
  readings: [{ what: 'depths', from: '', readAt: 9_000, tookMs: 250, everyMs: 2_000 }],
  notifications: { arrived: 3, givenUp: 1, failedTries: 8, waiting: 2 },
};
