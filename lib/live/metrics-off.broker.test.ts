/**
 * Brokers whose management plugin collects no metrics: depths, rates and numbers of consumers come from the nodes' own
 * metrics however cheap the list is, and what nobody tells is named.
 */
import { connect } from 'amqplib';
import { afterAll, describe, expect, test } from 'vitest';
import { answer, startNode, stopNode } from '../../script/lib/broker-node.ts';
import { runVariable } from '../../test/broker-run.ts';
import { rabbitmqctl } from '../../test/rabbitmqctl.ts';
import { brokerVersions } from '../../test/with-broker.ts';
import { lookAt, until } from '../../test/with-live.ts';
import { createPrometheus } from '../broker/prometheus.ts';
import type { Live } from './live.ts';

describe.each(brokerVersions)('without the collection of metrics, RabbitMQ %s', async (version) => {
  const owner = Number(process.env[runVariable]);
  const name = `test-${owner}-off-${version}`;
  const record = await startNode({
    version,
    name,
    owner,
    config: ['management_agent.disable_metrics_collector = true'],
  });
  const broker = answer(record);
  const connection = await connect(broker.amqp);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('busy');
  await channel.assertQueue('waits', { arguments: { 'x-queue-type': 'quorum' } });
  channel.sendToQueue('waits', Buffer.from('x'));
  await channel.waitForConfirms();
  await channel.consume('busy', (message) => message && channel.ack(message));
  const flow = setInterval(() => channel.sendToQueue('busy', Buffer.from('x')), 20);
  let live: Live | null = null;
  afterAll(async () => {
    clearInterval(flow);
    await live?.stop();
    await connection.close();
    await stopNode(name, { kill: true, wipe: true });
  });
  const look = (at: string) => {
    live = lookAt(broker, createPrometheus({ at: [at], managementUrl: broker.management }));
    return live;
  };
  const of = (queue: string) => live?.snapshot()?.queues.find((q) => q.name === queue);
  const named = () => new Map((live?.snapshot()?.missing ?? []).map((m) => [m.what, m]));

  /** As far as the picture goes, with whatever setting it was switched off. */
  async function isTold(): Promise<void> {
    // the broker names none of its listeners then
    const picture = look(broker.prometheus);
    const state = () => picture.state('all');
    await until(
      picture,
      () => (of('busy')?.rates.ack ?? 0) > 10 && state().attention.some((one) => one.code === 'no_consumer'),
    );
    expect(of('busy')).toMatchObject({ consumers: 1 });
    expect(of('busy')?.rates.publish).toBeGreaterThan(10);
    expect(of('busy')?.rates.deliver).toBeGreaterThan(10);
    expect(of('waits')).toMatchObject({ ready: 1, total: 1, consumers: 0, type: 'quorum' });
    const { readings, totals, consumers, gone, attention } = state();
    expect(readings[0]).toMatchObject({ what: 'depths', from: 'Prometheus metrics of 1 node' });
    expect(totals.publish).toBeGreaterThan(10);
    expect([...consumers, ...gone]).toEqual([]);
    expect(attention.map((one) => one.queue)).toEqual(['waits']);
    expect([...named().keys()].sort()).toEqual(['bytes', 'channels', 'connections', 'consumers']);
    for (const { why, mend } of named().values()) {
      expect(why).toContain('collects no metrics');
      expect(mend).toContain('management_agent.disable_metrics_collector');
      expect(mend).toContain('management.disable_stats');
    }
    await picture.stop();
  }

  test('figures come from the nodes’ metrics; who consumes is unknown, and named as missing', isTold);

  test('and without the plugin for Prometheus depths alone are told, rates are not', async () => {
    const picture = look('http://127.0.0.1:1');
    const readRates = () => picture.state('all').readings.some((r) => r.what === 'rates' && r.readAt);
    await until(picture, () => of('waits')?.total === 1 && readRates());
    const nothing = { publish: null, deliver: null, ack: null, redeliver: null };
    expect(of('busy')).toMatchObject({ consumers: null, rates: nothing });
    expect(picture.state('all').totals).toMatchObject(nothing);
    expect(named().get('rates')?.why).toContain('collects no metrics');
    expect(named().get('metrics')?.mend).toContain('rabbitmq_prometheus');
    await picture.stop();
  });

  // once is enough: it asks for a command, which takes its time
  test.skipIf(version !== brokerVersions.at(-1))('`management.disable_stats` is told alike', async () => {
    await rabbitmqctl(
      broker,
      'eval',
      'application:set_env(rabbitmq_management_agent, disable_metrics_collector, false), application:set_env(rabbitmq_management, disable_management_stats, true).',
    );
    await isTold();
  });
});
