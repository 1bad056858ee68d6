/**
 * Consumers lost in every way there is, on real brokers: told with its cause where the broker's events and log are listened
 * to, and no more than what was seen where readings are all there is. Two live pictures look at the same losses.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { afterAll, describe, expect, test } from 'vitest';
import { answer, restartNode, startNode, stopNode } from '../../script/lib/broker-node.ts';
import { runVariable } from '../../test/broker-run.ts';
import { liveState } from '../../test/build-live.ts';
import { startFaultProxy } from '../../test/fault-proxy.ts';
import { until } from '../../test/with-app.ts';
import { brokerVersions } from '../../test/with-broker.ts';
import { listenTo } from '../../test/with-capture.ts';
import { createManagementClient } from '../broker/client.ts';
import type { GoneConsumer } from '../model/broker.ts';
import { tagged } from '../replay/acks.ts';
import { createLive, type LiveDeps } from './live.ts';
import { createWhyGone } from './why-gone.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../script/broker', import.meta.url));
const untilKilled = fileURLToPath(new URL('../../test/consume-until-killed.ts', import.meta.url));

describe.each(brokerVersions)('consumers lost on RabbitMQ %s', async (version) => {
  const owner = Number(process.env[runVariable]);
  const name = `test-${owner}-losses-${version}`;
  // 3.10 closes the channel of a consumer that holds a message for too long; 4.3 cancels it at a quorum queue, and tells nobody
  const timesOut = version.startsWith('3.');
  const record = await startNode({
    version,
    name,
    owner,
    plugins: ['rabbitmq_event_exchange'],
    config: ['log.exchange = true', 'log.exchange.level = info'],
  });
  const { amqp: address, management, user, password } = answer(record);
  const amqp = address.replace('://', `://${user}:${password}@`);
  const ctl = (...args: string[]) => run(script, ['ctl', '--name', name, 'rabbitmqctl', '-q', ...args]);
  const impatient = timesOut
    ? ctl(
        'eval',
        'application:set_env(rabbit, channel_tick_interval, 1000), application:set_env(rabbit, consumer_timeout, 4000).',
      )
    : null;
  // 3.10 makes the exchange of its log some time after it began to answer; who comes before asks again half a minute later
  await until('the log’s exchange', async () =>
    (await ctl('list_exchanges', 'name')).stdout.includes('amq.rabbitmq.log'),
  );
  const dir = mkdtempSync(join(tmpdir(), 'hoplight-losses-'));
  const tap = await listenTo({ amqp, management, user, password, vhost: '/' }, dir);
  const ends: (() => unknown)[] = [];
  afterAll(async () => {
    for (const end of ends) await end();
    await tap.stop();
    await stopNode(name, { kill: true, wipe: true });
    rmSync(dir, { recursive: true, force: true });
  });

  let attempt = 0;
  /** When each consumer, by its tag, was first shown as gone. */
  const shown = new Map<string, number>();
  function look(more: Partial<LiveDeps>, noted?: Map<string, number>) {
    const live = createLive({
      management: createManagementClient({ url: management, user, password }),
      config: { pollMs: 2_000 },
      clock: Date.now,
      status: () => liveState().status,
      judge: () => ({ found: [], lines: [] }),
      ...more,
    });
    live.subscribe(() => {
      for (const { tag } of live.gone()) if (noted && !noted.has(tag)) noted.set(tag, Date.now());
    });
    live.start();
    ends.push(() => live.stop());
    return live;
  }
  const told = look({ whyGone: createWhyGone(tap.reader, Date.now) }, shown);
  const alone = look({});
  tap.capture.onEnds(() => told.nudge());
  /** Of this attempt. */
  const causesOf = (list: readonly GoneConsumer[]) =>
    Object.fromEntries(
      list
        .filter((g) => g.tag.startsWith(`${attempt}.`))
        .map((g) => [g.tag.slice(2), `${g.source}: ${g.cause}${g.code === null ? '' : ` ${g.code}`}`]),
    );

  const connected = async (url = amqp): Promise<ChannelModel> => {
    // it ends with the node: one that starves would never hear that its close is done
    const connection = await connect(url);
    connection.on('error', () => {});
    return connection;
  };
  /** A consumer named `tag`, of a queue `orders` unless it has its own. */
  async function consume(tag: string, queue = 'orders', url = amqp): Promise<[Channel, ChannelModel]> {
    const connection = await connected(url);
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    await channel.assertQueue(queue);
    await channel.consume(queue, () => {}, { consumerTag: `${attempt}.${tag}` });
    return [channel, connection];
  }
  async function consumeInProcess(tag: string, queue: string, kind = ''): Promise<ChildProcess> {
    const child = spawn(process.execPath, [untilKilled, amqp, queue, `${attempt}.${tag}`, kind], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    ends.push(() => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    return child;
  }
  /** With their channels and connections, which the broker lists some seconds later. */
  const seen = (tags: readonly string[]) =>
    [told, alone].every((live) => {
      const listed = live.consumers().filter((c) => c.unacked !== null && c.connectedAt !== null);
      const there = new Set(listed.map((c) => c.tag));
      return tags.every((tag) => there.has(`${attempt}.${tag}`));
    });

  // Again when it fails: see live.broker.test.ts for a broker that lists a channel for long after it closed.
  test('each is shown with its cause', { retry: 1, timeout: 60_000 }, async () => {
    attempt++;
    await tap.until(() => {
      const { events } = tap.capture.status();
      return events.length === 2 && events.every((e) => e.state === 'on');
    }, 'events and log');
    const [admin] = await consume('stays');
    const starving = { yes: false };
    const proxy = await startFaultProxy(amqp, () => ({
      toBroker: (frame, out) => (starving.yes ? undefined : out.write(frame)),
    }));
    ends.push(() => proxy.close());

    const killed = await consumeInProcess('killed', 'orders');
    const exclusive = await consumeInProcess('exclusive', `mine.${attempt}`, 'exclusive');
    const forced = await consumeInProcess('forced', 'orders');
    await consume('starved', 'orders', `${proxy.url}?heartbeat=1`);
    const [missing] = await consume('404');
    const [refused] = await consume('403');
    const [locked] = await consume('405');
    const [twice] = await consume('406', 'twice');
    const [reused] = await consume('530');
    const [cancelled] = await consume('cancelled');
    const [closing] = await consume('channel');
    const [, leaving] = await consume('left');
    await consume('bereft', 'short');
    await impatient;
    const late = timesOut ? (await consume('late', 'late'))[0] : null;
    const causes: Record<string, [told: string, alone: string]> = {
      killed: ['told: client lost', 'connection ended'],
      exclusive: ['told: client lost', 'connection ended'],
      forced: ['told: closed by operator 320', 'connection ended'],
      starved: ['told: heartbeat missed', 'connection ended'],
      '404': ['told: channel error 404', 'channel closed'],
      '403': ['told: channel error 403', 'channel closed'],
      '405': ['told: channel error 405', 'channel closed'],
      '406': ['told: channel error 406', 'channel closed'],
      '530': ['told: connection error 530', 'connection ended'],
      cancelled: ['told: cancelled', 'cancelled'],
      channel: ['told: channel closed', 'channel closed'],
      left: ['told: client closed', 'connection ended'],
      bereft: ['told: queue deleted', 'queue deleted'],
      ...(late ? { late: ['told: channel error 406', 'channel closed'] } : {}),
    };
    const tags = Object.keys(causes);
    await tap.until(() => seen([...tags, 'stays']), 'all to be there');

    await admin.assertQueue(`held.${attempt}`, { exclusive: true });
    starving.yes = true;
    late?.sendToQueue('late', Buffer.from('held'));
    killed.kill('SIGKILL');
    exclusive.kill('SIGKILL');
    missing.checkQueue('nowhere').catch(() => {});
    refused.publish('amq.rabbitmq.log', '', Buffer.from('x'));
    locked.checkQueue(`held.${attempt}`).catch(() => {});
    twice.ack(tagged(77));
    reused.consume('orders', () => {}, { consumerTag: `${attempt}.530` }).catch(() => {});
    await cancelled.cancel(`${attempt}.cancelled`);
    await closing.close();
    await leaving.close();
    await admin.deleteQueue('short');
    const exit = once(forced, 'exit');
    const { stdout } = await ctl('list_connections', '--no-table-headers', 'pid', 'client_properties');
    await ctl(
      'close_connection',
      new RegExp(`^(<\\S+>).*${attempt}\\.forced`, 'm').exec(stdout)?.[1] ?? '',
      'moving house',
    );
    await exit;

    const all = (which: 0 | 1) =>
      Object.fromEntries(
        Object.entries(causes).map(([tag, c]) => [tag, which === 0 ? c[0] : `deduced: ${c[1]}`]),
      );
    await expect.poll(() => causesOf(told.gone()), { timeout: 20_000, interval: 100 }).toEqual(all(0));
    // 3.10 tells a late channel again at its next tick, and the client closes its connection for that
    const byReadings = () => {
      const found = causesOf(alone.gone());
      return found.late === 'deduced: connection ended'
        ? { ...found, late: 'deduced: channel closed' }
        : found;
    };
    await expect.poll(byReadings, { timeout: 10_000, interval: 100 }).toEqual(all(1));

    const words = new Map(told.gone().map((g) => [g.tag.slice(2), `${g.reason} → ${g.check}`]));
    expect(words.get('forced')).toContain('“moving house”');
    expect(words.get('404')).toContain("no queue 'nowhere'");
    expect(words.get('bereft')).toContain(`Queue short was deleted by ${user}`);
    expect(words.get('starved')).toContain('(1 s)');
    for (const g of [...told.gone(), ...alone.gone()]) expect(g.check).toMatch(/\.$/);
    expect(told.consumers().map((c) => c.tag)).toContain(`${attempt}.stays`);
    tellLatencies(tags);
  });

  test.skipIf(timesOut)(
    'those that its node took along, and did not come back',
    { timeout: 60_000 },
    async () => {
      await consume('taken');
      await tap.until(() => seen(['taken']), 'it to be there');
      await restartNode(name);
      const backAt = Date.now();
      const of = (live: typeof told) => live.gone().find((g) => g.tag === `${attempt}.taken`);
      await tap.until(() => of(told), 'its loss');
      console.log(`${version}: node restarted: shown ${Date.now() - backAt} ms after it was up`);
      expect(of(told)).toMatchObject({ how: 'broker', cause: 'node restarted', source: 'told' });
      // a node says some seconds late for how long it has run
      await tap.until(() => of(alone)?.cause === 'node restarted', 'the cause by readings alone');
      expect(of(alone)).toMatchObject({ how: 'broker', source: 'deduced' });
      expect(of(alone)?.reason).toContain(`Node ${alone.snapshot()?.nodes[0]?.name} `);
      // the same service, a new connection
      await consume('taken');
      await tap.until(() => !of(told) && !of(alone), 'its return');
    },
  );

  /** From the broker's own time of it. Not asserted: the machine may be busy. */
  function tellLatencies(tags: readonly string[]): void {
    const events = tap.reader.events(['/'], 0, Date.now() + 60_000, 5_000);
    const figures = tags.map((tag) => {
      const at = events.find(
        (e) => e.kind === 'consumer.deleted' && e.consumerTag === `${attempt}.${tag}`,
      )?.at;
      return `${tag} ${at === undefined ? '?' : (shown.get(`${attempt}.${tag}`) ?? 0) - at}`;
    });
    console.log(`${version}: ms from the end to the list: ${figures.join(', ')}`);
  }
});
