/** What three broker versions really answered (test/fixtures), read into the model. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  bindingSchema,
  consumerSchema,
  exchangeSchema,
  nodeSchema,
  queueSchema,
  vhostSchema,
} from '../model/broker.ts';
import { readBindings } from './bindings.ts';
import { joinConsumers, readChannels, readConnections, readConsumers } from './consumers.ts';
import { readExchanges } from './exchanges.ts';
import { readNodes } from './nodes.ts';
import { readOverview } from './overview.ts';
import { readWhoAmI, seesAllClients } from './permissions.ts';
import { readPolicies } from './policies.ts';
import { readQueue, readQueues, readQueueTotals } from './queues.ts';
import { readVhosts, tracingBody } from './vhosts.ts';

const fixture = (version: string, name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../test/fixtures/${version}/${name}.json`, import.meta.url), 'utf8'));

describe.each(['3.10.8', '4.0.5', '4.3.6'])('what %s answers', (version) => {
  const of = (name: string) => fixture(version, name);

  test('overview gives version, cluster and fresh totals', () => {
    const o = readOverview(of('api_overview'));
    expect(o).toMatchObject({ version, rates: true });
    expect(o.totals.total).toBe((o.totals.ready ?? 0) + (o.totals.unacked ?? 0));
    expect(o.totals.publish).toBeTypeOf('number');
  });

  test('queues of every type, with their limits and where dead letters go', () => {
    const queues = readQueues(of('api_queues'));
    expect(z.array(queueSchema).parse(queues)).toEqual(queues);
    const by = new Map(queues.map((q) => [q.name, q]));
    expect(by.get('dl')).toMatchObject({
      vhost: 'ap',
      type: 'quorum',
      ready: 200,
      deadLetter: { exchange: 'amq.fanout', routingKey: null, from: 'argument' },
      limits: { maxLength: 1000, messageTtlMs: 600_000, deliveryLimit: 7 },
      rates: { publish: 0, deliver: 0, ack: 0, redeliver: 0 },
    });
    expect(by.get('q.quorum')).toMatchObject({ ready: 190, unacked: 10, total: 200, consumers: 1 });
    expect(by.get('q.classic')?.utilisation).toBeGreaterThan(0.5);
    expect(by.get('prio')?.utilisation).toBeNull();
    expect(by.get('q.stream')).toMatchObject({ type: 'stream', total: 200 });
  });

  test('queue totals leave unknown what they do not carry', () => {
    const by = new Map(readQueueTotals(of('api_queues_totals')).map((q) => [q.name, q]));
    expect(by.get('q.quorum')).toMatchObject({
      ready: 190,
      unacked: 10,
      total: 200,
      consumers: null,
      rates: { publish: null, deliver: null, ack: null, redeliver: null },
    });
    expect(by.get('q.stream')).toMatchObject({ type: 'stream', total: null, ready: null });
    expect(by.get('dl')?.deadLetter?.exchange).toBe('amq.fanout');
  });

  test('one queue', () => {
    expect(readQueue(of('api_queue_quorum'))).toMatchObject({ name: 'q.quorum', type: 'quorum' });
    expect(readQueue(of('api_queue_stream'))).toMatchObject({ name: 'q.stream', type: 'stream' });
  });

  test('consumers with the client, user, prefetch and unacked of their channel and connection', () => {
    const consumers = joinConsumers(
      readConsumers(of('api_consumers')),
      readChannels(of('api_channels')),
      readConnections(of('api_connections')),
    );
    expect(z.array(consumerSchema).parse(consumers)).toEqual(consumers);
    const by = new Map(consumers.map((c) => [c.tag, c]));
    expect(by.get('qq')).toMatchObject({
      vhost: 'ap',
      queue: 'q.quorum',
      channel: 2,
      user: 'guest',
      prefetch: 10,
      ackRequired: true,
      active: true,
      client: { name: 'dash-lab', product: 'amqplib', version: '2.3.1', platform: 'Node.JS v24.21.0' },
      unacked: 10,
    });
    expect(by.get('qq')?.connectedAt).toBeGreaterThan(1.7e12);
    expect(by.get('sac-2')).toMatchObject({ active: false, activity: 'waiting' });
    const busy = readChannels(of('api_channels')).find((c) => c.unacked === 10);
    expect(busy?.counts).toEqual({ acked: 200, delivered: 210, pushed: 210 });
    expect(readChannels(of('api_channels'), false)[0]?.counts).toBeNull();
    expect(readConnections(of('api_connections'))[0]?.state).toBe('running');
  });

  test('exchanges, bindings, nodes, vhosts, policies, the user', () => {
    const exchanges = readExchanges(of('api_exchanges'), readPolicies(of('api_policies')));
    expect(z.array(exchangeSchema).parse(exchanges)).toEqual(exchanges);
    expect(exchanges.find((e) => e.name === 'amq.rabbitmq.trace')).toMatchObject({ internal: true });
    const bindings = readBindings(of('api_bindings'));
    expect(z.array(bindingSchema).parse(bindings)).toEqual(bindings);
    const nodes = readNodes(of('api_nodes'));
    expect(z.array(nodeSchema).parse(nodes)).toEqual(nodes);
    expect(nodes[0]).toMatchObject({ running: true, memoryAlarm: false, diskAlarm: false });
    expect(nodes[0]?.memoryUsed).toBeGreaterThan(1e8);
    const vhosts = readVhosts(of('api_vhosts'));
    expect(z.array(vhostSchema).parse(vhosts)).toMatchObject(vhosts.map(({ name }) => ({ name })));
    expect(vhosts[0]).toMatchObject({ name: '/', tracing: false, totals: { total: null, publish: 0 } });
    expect(vhosts.find((v) => v.name === 'ap')?.totals).toMatchObject({
      ready: 590,
      unacked: 10,
      total: 600,
    });
    expect(readPolicies(of('api_policies'))[0]).toMatchObject({ vhost: 'tap', name: 'p1' });
    expect(seesAllClients(readWhoAmI(of('api_whoami')).tags)).toBe(true);
  });

  test('a vhost keeps its description, tags and default queue type when tracing changes', () => {
    const before = z.object({ before: z.looseObject({ dqt: z.string() }) }).parse(of('vhost_put')).before;
    const body = tracingBody({ ...before, default_queue_type: before.dqt }, true);
    expect(body).toMatchObject({ tracing: true, description: 'd1', tags: 'a,b' });
    expect(body.default_queue_type).toBe(before.dqt === 'undefined' ? undefined : 'quorum');
  });
});

const views = z.record(z.string(), z.record(z.string(), z.unknown()));
describe.each(['3.10.8', '4.3.6'])('the dead-letter exchange that %s obeys', (version) => {
  const seen = views.parse(fixture(version, 'policies_dlx'));
  const policies = [{ vhost: 'pol', name: 'p', definition: { 'dead-letter-exchange': 'dlx-pol' } }];
  const viewSchema = z.object({
    single: z.record(z.string(), z.unknown()),
    totals: z.record(z.string(), z.unknown()),
    wentTo: z.array(z.string()),
  });
  test.each(Object.keys(seen))('%s', (name) => {
    const view = viewSchema.parse(seen[name]);
    // Where the letter really went: 'arg' is bound to dlx-arg, 'pol' to dlx-pol, none when there was no DLX.
    const went = view.wentTo[0];
    const expected = went ? { exchange: `dlx-${went}`, from: went === 'arg' ? 'argument' : 'policy' } : null;
    const one = readQueue({ name, vhost: 'pol', ...view.single });
    const [fresh] = readQueueTotals([{ name, vhost: 'pol', ...view.totals }], policies);
    for (const queue of [one, fresh])
      expect(queue?.deadLetter ?? null).toEqual(expected && expect.objectContaining(expected));
  });
});

describe('odd answers', () => {
  test('leave figures unknown instead of failing', () => {
    const q = readQueue({ name: 'q', vhost: '/', messages: 'many', arguments: [], message_stats: [] });
    expect(q).toMatchObject({ total: null, arguments: {}, deadLetter: null, consumers: null });
  });
  test('rates are unknown, not 0, when the broker collects none', () => {
    expect(readQueue({ name: 'q', vhost: '/' }, false).rates.publish).toBeNull();
    const o = readOverview({ rabbitmq_version: '4.3.6', rates_mode: 'none' });
    expect(o.rates).toBe(false);
    expect(o.totals).toMatchObject({ ready: null, publish: null });
  });
  test('an unlimited delivery limit is -1, the lower of two limits holds', () => {
    expect(readQueue({ name: 'q', vhost: '/', delivery_limit: 'unlimited' }).limits.deliveryLimit).toBe(-1);
    const both = readQueue({
      name: 'q',
      vhost: '/',
      arguments: { 'x-max-length': 10, 'x-overflow': 'reject-publish' },
      effective_policy_definition: { 'max-length': 5, overflow: 'drop-head' },
    });
    expect(both.limits).toMatchObject({ maxLength: 5, overflow: 'reject-publish' });
  });
  test('a consumer whose channel has just gone is still listed', () => {
    const [c] = readConsumers([
      { consumer_tag: 't', queue: { name: 'q', vhost: '/' }, channel_details: [], prefetch_count: 1 },
    ]);
    expect(c).toMatchObject({ tag: 't', connection: '', channel: null });
  });
});
