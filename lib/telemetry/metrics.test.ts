import { expect, test } from 'vitest';
import { createMetrics, type Readings } from './metrics.ts';

const readings: Readings = {
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
};
const lines = async (read: () => Readings) => {
  const metrics = createMetrics(read, () => 10_500);
  metrics.countPublish('confirmed');
  metrics.countReplayed('settled', 3);
  return (await metrics.text()).split('\n').filter((l) => l.startsWith('hoplight_'));
};

test('figures come from their sources at each scrape', async () => {
  expect(await lines(() => readings)).toEqual(
    expect.arrayContaining([
      'hoplight_capture_received_total 10',
      'hoplight_capture_stored_total 7',
      'hoplight_capture_dropped_total{reason="store full"} 2',
      'hoplight_capture_in_memory 1',
      'hoplight_otlp_spans_received_total 5',
      'hoplight_otlp_spans_accepted_total 4',
      'hoplight_otlp_spans_rejected_total{reason="bad trace ID"} 1',
      'hoplight_tap_state{vhost="/",state="on"} 1',
      'hoplight_tap_state{vhost="/",state="off"} 0',
      'hoplight_amqp_state{state="backing off"} 1',
      'hoplight_amqp_state{state="open"} 0',
      'hoplight_snapshot_age_seconds 1.5',
      'hoplight_snapshot_live 0',
      'hoplight_store_ok 1',
      'hoplight_publishes_total{outcome="confirmed"} 1',
      'hoplight_replayed_messages_total{outcome="settled"} 3',
    ]),
  );
});

test('what is not known gives no sample', async () => {
  const never = await lines(() => ({ ...readings, snapshotReadAt: null }));
  expect(never.filter((l) => l.startsWith('hoplight_snapshot_age'))).toEqual([]);
  const down = await lines(() => {
    throw new Error('not up');
  });
  expect(down).toEqual([
    'hoplight_publishes_total{outcome="confirmed"} 1',
    'hoplight_replayed_messages_total{outcome="settled"} 3',
  ]);
});

test('a second scrape counts nothing twice', async () => {
  const metrics = createMetrics(
    () => readings,
    () => 10_500,
  );
  await metrics.text();
  expect(await metrics.text()).toContain('hoplight_capture_received_total 10\n');
});
