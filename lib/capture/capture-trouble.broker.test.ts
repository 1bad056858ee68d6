import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfirmChannel, connect } from 'amqplib';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withBroker } from '../../test/with-broker.ts';
import { type Listening, listenTo } from '../../test/with-capture.ts';
import { openFactWriter } from '../store/sqlite/fact-writer.ts';

const broker = await withBroker();
const vhostPath = `/api/vhosts/${encodeURIComponent(broker.vhost)}`;

describe('capture in trouble', () => {
  let dir = '';
  let tap: Listening;
  let channel: ConfirmChannel;
  let closeClient: () => Promise<void>;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'hoplight-trouble-'));
    const client = await connect(broker.amqp);
    channel = await client.createConfirmChannel();
    await channel.assertQueue('orders');
    closeClient = () => client.close();
  });
  afterAll(async () => {
    await closeClient();
    await tap?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  async function publish(count: number, name: string): Promise<void> {
    for (let i = 0; i < count; i++)
      channel.publish('', 'nobody', Buffer.from('x'), { messageId: `${name} ${i}` });
    await channel.waitForConfirms();
  }

  /**
   *   store locked ─ prefetch full ─ tap's queue full, oldest dropped ─ store free ─ facts flow, the gap tells of it
   */
  test('while the store takes nothing the broker drops the oldest, and a gap says so', async () => {
    tap = await listenTo(broker, join(dir, 'a'), { HOPLIGHT_TAP_QUEUE_LENGTH: '100' });
    await tap.until(() => tap.status().state === 'on', 'the tap');
    await publish(10, 'before');
    await tap.until(() => tap.reader.find('before 9', 1), 'the first facts');

    const lock = new Database(join(dir, 'a', 'facts', 'facts-000001.db'));
    lock.exec('BEGIN IMMEDIATE');
    await publish(6_000, 'meanwhile');
    await tap.until(() => tap.capture.status().store.ok === false, 'the trouble');
    expect(tap.capture.status().store.words).toContain('in use by another process');
    await tap.until(() => tap.reader.gaps(0, Date.now()).find((g) => g.kind === 'dropped'), 'the gap');
    lock.exec('ROLLBACK');
    lock.close();

    await tap.until(() => tap.capture.status().store.ok, 'the store');
    await tap.until(() => tap.reader.find('meanwhile 5999', 1), 'the newest fact');
    const { received, stored, inMemory, dropped } = tap.capture.status().counts;
    expect(received).toBe(Object.values(dropped).reduce((a, b) => a + b, stored + inMemory));
    expect(stored).toBeLessThan(6_010);
    const [gap] = tap.reader.gaps(0, Date.now()).filter((g) => g.kind === 'dropped');
    expect(gap).toMatchObject({
      vhost: broker.vhost,
      missing: null,
      reason: expect.stringContaining('full'),
    });
    await tap.stop();
  });

  test('a folder that another process holds is told in words, and taken over when it is free', async () => {
    const limits = { limitBytes: 2 ** 30, maxAgeMs: 1e9, segmentFacts: 1_000 };
    const other = openFactWriter(join(dir, 'b', 'facts'), limits);
    tap = await listenTo(broker, join(dir, 'b'));
    const { store } = tap.capture.status();
    expect(store).toMatchObject({ ok: false, words: expect.stringContaining('HOPLIGHT_DATA') });
    other.close();
    await tap.until(() => tap.status().state === 'on', 'the tap');
    await tap.until(() => tap.capture.status().store.ok, 'the store');
    await tap.stop();
  });

  test('an account that may not trace says what to run, and listens once somebody has', async () => {
    await broker.api('PUT', '/api/users/watcher', { password: 'watcher', tags: 'monitoring' });
    const permissions = { configure: '^hoplight\\.', write: '^hoplight\\.', read: '.*' };
    await broker.api('PUT', `/api/permissions/${encodeURIComponent(broker.vhost)}/watcher`, permissions);
    const amqp = broker.amqp.replace(/\/\/[^@]*@/, '//watcher:watcher@');
    tap = await listenTo({ ...broker, amqp, user: 'watcher', password: 'watcher' }, join(dir, 'c'));
    await tap.until(
      () => tap.status().words.includes(`rabbitmqctl trace_on -p ${broker.vhost}`),
      'the words',
    );
    expect(tap.status().state).toBe('failed');
    await broker.api('PUT', vhostPath, { tracing: true });
    await publish(1, 'seen');
    await tap.until(() => tap.status().state === 'on', 'the tap');
    await tap.until(() => tap.reader.find('seen 0', 1), 'the fact');
    await tap.stop();
    // it was not ours to switch off
    expect(await broker.api('GET', vhostPath)).toMatchObject({ tracing: true });
    await broker.api('DELETE', '/api/users/watcher');
  });

  test('a vhost that is not there, and a password that is wrong, are told in words', async () => {
    const settings = { HOPLIGHT_TAP_VHOSTS: `${broker.vhost},not there` };
    tap = await listenTo(broker, join(dir, 'd'), settings);
    const other = () => tap.capture.status().taps.find((t) => t.vhost === 'not there');
    await tap.until(() => /vhost/i.test(other()?.words ?? ''), 'the words');
    await tap.until(() => tap.status().state === 'on', 'the other tap, which nothing hinders');
    await tap.stop();

    const amqp = broker.amqp.replace(/\/\/[^@]*@/, '//guest:wrong@');
    tap = await listenTo({ ...broker, amqp }, join(dir, 'e'));
    await tap.until(() => /password/i.test(tap.status().words), 'the words');
    expect(tap.status().state).toBe('failed');
  });
});
