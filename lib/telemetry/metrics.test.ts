import { expect, test } from 'vitest';
import { goneConsumer } from '../../test/build.ts';
import { readingsSample as readings } from '../../test/build-metrics.ts';
import type { GoneCause } from '../model/broker.ts';
import { createMetrics, MOST_LINES, type Readings } from './metrics.ts';

const lines = async (read: () => Readings) => {
  const metrics = createMetrics(read, () => 10_500);
  metrics.countPublish('confirmed');
  metrics.countReplayed('replay', 'settled', 3);
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
      'hoplight_journeys{vhost="/",status="dead"} 2',
      'hoplight_tap_listened_seconds_total{vhost="/"} 90.5',
      'hoplight_tap_accounted_seconds_total{vhost="/"} 100',
      'hoplight_tap_gap_seconds_total{vhost="/",kind="tap-off"} 9.5',
      'hoplight_needs_a_look{code="growing",level="warn"} 2',
      'hoplight_needs_a_look{code="alarm",level="dead"} 0',
      'hoplight_reading_seconds{what="depths"} 0.25',
      'hoplight_reading_pace_seconds{what="depths"} 2',
      'hoplight_reading_timestamp_seconds{what="depths"} 9',
      'hoplight_notifications_total{outcome="arrived"} 3',
      'hoplight_notifications_total{outcome="given up"} 1',
      'hoplight_notification_failed_tries_total 8',
      'hoplight_notifications_waiting 2',
      'hoplight_publishes_total{outcome="confirmed"} 1',
      'hoplight_replayed_messages_total{act="replay",outcome="settled"} 3',
    ]),
  );
});

test('what is not known gives no sample', async () => {
  const none = { snapshotReadAt: null, attention: null, notifications: null };
  const never = await lines(() => ({ ...readings, ...none }));
  const unknown = /^hoplight_(snapshot_age|needs_a_look|notification)/;
  expect(never.filter((l) => unknown.test(l))).toEqual([]);
  const unread = {
    ...readings.readings[0],
    what: 'rates' as const,
    from: '',
    tookMs: 5,
    everyMs: 1,
    readAt: null,
  };
  const first = await lines(() => ({ ...readings, readings: [unread] }));
  expect(first.filter((l) => /^hoplight_reading/.test(l))).toEqual([
    'hoplight_reading_pace_seconds{what="rates"} 0.001',
  ]);
  const down = await lines(() => {
    throw new Error('not up');
  });
  expect(down.filter((l) => !l.endsWith(' 0'))).toEqual([
    'hoplight_publishes_total{outcome="confirmed"} 1',
    'hoplight_replayed_messages_total{act="replay",outcome="settled"} 3',
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

test('deaths and losses are counted by queue and why, so many queues at most', async () => {
  let now = 10_000;
  const metrics = createMetrics(
    () => readings,
    () => now,
  );
  const deaths = Array.from({ length: MOST_LINES + 3 }, (_, i) => ({
    vhost: '/',
    queue: `q${i}`,
    reason: 'rejected',
    count: 2,
  }));
  metrics.countDeaths(deaths);
  metrics.countDeaths(deaths);
  const gone = (goneAt: number, cause: GoneCause) => goneConsumer('c1', 'orders', { goneAt, cause });
  const list = [gone(9_999, 'cancelled'), gone(11_000, 'client lost'), gone(30_000, 'client lost')];
  // 9,999 was before this process; 30,000 may still turn out to be another cause
  for (const readAt of [20_000, 26_000, 28_000, 44_999]) metrics.lookAtLosses(list, readAt);
  // a line begins at 0, so that increase() sees its first count
  now += 59_999;
  expect(await metrics.text()).toContain('hoplight_deaths_total{vhost="/",queue="q0",reason="rejected"} 0');
  now += 1;
  const text = (await metrics.text()).split('\n');
  expect(text).toContain('hoplight_deaths_total{vhost="/",queue="q0",reason="rejected"} 4');
  expect(text).toContain('hoplight_deaths_total{vhost="/",queue="other",reason="rejected"} 12');
  expect(text.filter((l) => l.startsWith('hoplight_deaths_total'))).toHaveLength(MOST_LINES + 1);
  expect(text.filter((l) => l.startsWith('hoplight_consumers_lost_total'))).toEqual([
    'hoplight_consumers_lost_total{vhost="/",queue="orders",cause="client lost"} 1',
  ]);
  metrics.lookAtLosses(list, 45_000);
  expect(await metrics.text()).toContain('queue="orders",cause="client lost"} 2');
});
