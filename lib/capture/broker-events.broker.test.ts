/** What a real broker tells of clients that come and go, and why: its event exchange and its log. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connect } from 'amqplib';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { answer, startNode, stopNode } from '../../script/lib/broker-node.ts';
import { runVariable } from '../../test/broker-run.ts';
import { brokerVersions } from '../../test/with-broker.ts';
import { listenTo } from '../../test/with-capture.ts';
import type { BrokerEvent } from '../model/broker-event.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../script/broker', import.meta.url));
const consumer = fileURLToPath(new URL('../../test/consume-until-killed.ts', import.meta.url));

describe.each(brokerVersions)('the events of RabbitMQ %s', async (version) => {
  const owner = Number(process.env[runVariable]);
  const name = `test-${owner}-events-${version}`;
  const record = await startNode({
    version,
    name,
    owner,
    config: ['log.exchange = true', 'log.exchange.level = info'],
  });
  const { amqp: address, management, user, password } = answer(record);
  const amqp = address.replace('://', `://${user}:${password}@`);
  const ctl = (...args: string[]) => run(script, ['ctl', '--name', name, ...args]);
  const dir = mkdtempSync(join(tmpdir(), 'hoplight-events-'));
  const children: ChildProcess[] = [];
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await stopNode(name, { kill: true, wipe: true });
    rmSync(dir, { recursive: true, force: true });
  });
  const listen = (folder: string) =>
    listenTo({ amqp, management, user, password, vhost: '/' }, join(dir, folder));
  const stateOf = (tap: Awaited<ReturnType<typeof listen>>, source: 'event' | 'log') =>
    tap.capture.status().events.find((e) => e.source === source);

  /** Clients as the management API shows them, some seconds after they came. */
  async function listed(): Promise<string> {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    return (await fetch(`${management}/api/connections`, { headers: { authorization } })).text();
  }

  async function consume(queue: string, tag: string): Promise<ChildProcess> {
    const child = spawn(process.execPath, [consumer, amqp, queue, tag], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await once(child.stdout, 'data');
    return child;
  }

  test('where events are not enabled, it is said how to enable them', async () => {
    const tap = await listen('before');
    await tap.until(() => stateOf(tap, 'log')?.state === 'on', 'the log');
    await tap.until(() => stateOf(tap, 'event')?.words.includes('rabbitmq-plugins enable'), 'the words');
    expect(stateOf(tap, 'event')).toEqual({
      source: 'event',
      state: 'off',
      words: 'not enabled: rabbitmq-plugins enable rabbitmq_event_exchange',
    });
    // what could not be bound is not left behind
    const { stdout } = await ctl('rabbitmqctl', '-q', 'list_queues', 'name');
    expect(stdout).not.toContain('hoplight.events');
    await tap.stop();
  });

  test('who went away, and why', async () => {
    const client = await connect(amqp);
    client.on('error', () => {});
    const channel = await client.createChannel();
    await channel.assertQueue('orders');
    await channel.assertQueue('short');
    await ctl('rabbitmq-plugins', 'enable', 'rabbitmq_event_exchange');
    // it was there before anybody listened
    const old = await consume('orders', 'old');
    await vi.waitUntil(async () => (await listed()).includes('"connection_name":"old"'), { timeout: 20_000 });
    const tap = await listen('after');
    await tap.until(
      () => stateOf(tap, 'event')?.state === 'on' && stateOf(tap, 'log')?.state === 'on',
      'both',
    );
    const events = () => tap.reader.events(['/'], 0, Date.now() + 60_000, 1_000);
    const find = (kind: BrokerEvent['kind'], part: string) =>
      tap.until(() => events().find((e) => e.kind === kind && e.words.includes(part)), `${kind} ${part}`);

    const killed = await consume('orders', 'killed');
    const forced = await consume('orders', 'forced');
    const { connection } = await find('consumer.created', 'killed');
    expect(connection).toMatch(/^127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+$/);

    killed.kill('SIGKILL');
    const why = 'its process ended or was killed';
    expect(await find('consumer.deleted', 'killed')).toMatchObject({
      vhost: '/',
      queue: 'orders',
      consumerTag: 'killed',
      connection,
      user,
      words: expect.stringContaining(why),
    });
    expect(await find('connection.closed', 'killed')).toMatchObject({
      source: 'log',
      connection,
      words: expect.stringContaining(why),
    });
    old.kill('SIGKILL');
    expect((await find('consumer.deleted', 'old')).words).toContain(why);

    const forcedGone = once(forced, 'exit');
    const { stdout } = await ctl(
      'rabbitmqctl',
      '-q',
      '--no-table-headers',
      'list_connections',
      'pid',
      'client_properties',
    );
    const pid = /^(<\S+>).*forced/m.exec(stdout)?.[1] ?? '';
    await ctl('rabbitmqctl', 'close_connection', pid, 'moving house');
    expect((await find('connection.closed', 'forced')).words).toContain('the broker closed it: moving house');
    expect((await find('consumer.deleted', 'forced')).words).toContain('moving house');
    await forcedGone;

    const other = await client.createChannel();
    other.on('error', () => {});
    await other.consume('orders', () => {}, { consumerTag: 'wrong' });
    await other.checkQueue('nowhere').catch(() => {});
    expect((await find('channel.closed', 'nowhere')).words).toContain("NOT_FOUND, no queue 'nowhere'");
    expect((await find('consumer.deleted', 'wrong')).words).toContain('NOT_FOUND');

    await channel.consume('short', () => {}, { consumerTag: 'bereft' });
    await channel.deleteQueue('short');
    expect((await find('queue.deleted', 'short')).words).toBe(`Queue short was deleted by ${user}.`);
    expect((await find('consumer.deleted', 'bereft')).words).toContain('its queue was deleted');
    // each end is told once, and ours are not told
    const told = events().map((e) => `${e.kind} ${e.consumerTag ?? e.connection ?? e.queue}`);
    expect(new Set(told.filter((t) => t.startsWith('consumer.deleted'))).size).toBe(5);
    expect(told.filter((t) => t.startsWith('consumer.deleted'))).toHaveLength(5);
    expect(events().filter((e) => /hoplight/i.test(e.words))).toEqual([]);
    await client.close();
    await tap.stop();
  }, 120_000);
});
