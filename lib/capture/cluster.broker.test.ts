/** Capture in a cluster of three, whose nodes die. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Listening, listenTo } from '../../test/with-capture.ts';
import { type ClusterMember, withCluster } from '../../test/with-cluster.ts';

const cluster = await withCluster('4.3');
const dir = mkdtempSync(join(tmpdir(), 'hoplight-cluster-'));
const vhost = '/';
const [a, b, c] = cluster.members;

/** A client of one node. */
async function clientOf(member: ClusterMember) {
  const connection: ChannelModel = await connect(member.amqp);
  connection.on('error', () => {});
  const channel: ConfirmChannel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  return {
    async publish(id: string): Promise<void> {
      channel.publish('orders', 'order', Buffer.from(id), { messageId: id });
      await channel.waitForConfirms();
    },
    channel,
    close: () => connection.close().catch(() => {}),
  };
}
type Client = Awaited<ReturnType<typeof clientOf>>;

async function tracingAt(member: ClusterMember): Promise<boolean> {
  const { tracing } = Object(await member.api('GET', '/api/vhosts/%2F'));
  return tracing === true;
}

describe('capture in a cluster', () => {
  let tap: Listening;
  let polling: NodeJS.Timeout;
  let clients: Client[] = [];
  /** Kinds and nodes of the facts of one message, sorted. */
  const seen = (id: string) => {
    const [line] = tap.reader.find(id, 1);
    const facts = line ? tap.reader.journeyFacts(line.id, 100) : [];
    return facts.map((f) => `${f.kind} ${f.node}`).sort();
  };
  const gaps = () => tap.reader.gaps(0, Date.now());

  beforeAll(async () => {
    for (const one of [a, b, c]) await one.api('GET', '/api/overview');
    await a.api('PUT', '/api/vhosts/%2F', {
      description: 'orders of all',
      tags: 'x',
      default_queue_type: 'quorum',
    });
    // two addresses of each kind: the third node's are found by what the cluster says
    tap = await listenTo(
      { ...cluster, vhost, amqp: `${a.amqp},${b.amqp}`, management: `${a.management},${b.management}` },
      dir,
    );
    // as the poller does
    polling = setInterval(() => void tap.lookAgain().catch(() => {}), 500);
    await tap.until(() => tap.status().state === 'on', 'the tap');
    clients = await Promise.all([clientOf(a), clientOf(b), clientOf(c)]);
    const [first] = clients;
    await first?.channel.assertExchange('orders', 'fanout');
    await first?.channel.assertQueue('orders', { arguments: { 'x-queue-type': 'quorum' } });
    await first?.channel.bindQueue('orders', 'orders', '');
  });
  afterAll(async () => {
    clearInterval(polling);
    await Promise.all(clients.map((client) => client.close()));
    await tap?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('tracing is on at every node, and nothing else of the vhost has changed', async () => {
    expect(await Promise.all([a, b, c].map(tracingAt))).toEqual([true, true, true]);
    expect(await c.api('GET', '/api/vhosts/%2F')).toMatchObject({
      description: 'orders of all',
      tags: ['x'],
      default_queue_type: 'quorum',
    });
  });

  test('the tap is a private quorum queue, bounded, that goes when nobody listens', async () => {
    const queues = await a.api('GET', '/api/queues/%2F?columns=name,type,arguments');
    const own = Array.isArray(queues) ? queues.filter((q) => /^hoplight\.(tap|dlx)\./.test(q.name)) : [];
    expect(own).toHaveLength(2);
    for (const queue of own)
      expect(queue).toMatchObject({
        type: 'quorum',
        arguments: { 'x-max-length': 50_000, 'x-overflow': 'drop-head', 'x-expires': 60_000 },
      });
  });

  //  publisher at b ──▶ orders ──▶ consumer at c
  test('what goes in at one node and out at another is seen at both', async () => {
    await clients[1]?.publish('b to c');
    await tap.until(() => clients[2]?.channel.get('orders', { noAck: true }), 'the message');
    const want = ['delivered', 'published'].map((kind, i) => `${kind} ${[c.node, b.node][i]}`);
    await tap.until(() => seen('b to c').length === 2, 'both facts');
    expect(seen('b to c')).toEqual(want);
  });

  /**
   *   a holds the tap's connection ─ kill a ─ events at b and c go on ─ a returns ─ tracing is on there again
   */
  test('the node that holds the tap dies: events go on, and a gap tells what could be missing', async () => {
    const began = Date.now();
    await a.kill();
    // while nobody listens, the queue of the two others keeps what comes
    for (let i = 0; i < 20; i++) await clients[1]?.publish(`meanwhile ${i}`);
    await tap.until(() => tap.status().state === 'on', 'the tap');
    const onAgain = Date.now();
    await clients[2]?.publish('after');
    await tap.until(() => seen('after').length > 0, 'a fact of afterwards');
    const ofDeath = gaps().filter((g) => g.from >= began - 3_000);
    expect(ofDeath.length).toBeGreaterThan(0);
    for (const gap of ofDeath) {
      expect(gap).toMatchObject({ vhost, kind: 'tap-off', to: expect.any(Number) });
      expect(gap.to ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(onAgain + 100);
    }
    // the same event twice would make two facts of one publish
    for (let i = 0; i < 20; i++) expect(seen(`meanwhile ${i}`).length).toBeLessThanOrEqual(1);

    const returned = Date.now();
    await a.restart();
    await tap.until(() => tracingAt(a), 'tracing at the node that returned');
    const client = await clientOf(a);
    clients.push(client);
    await tap.until(
      () => gaps().some((g) => g.from >= returned - 2_000 && g.reason.includes(a.node)),
      'the gap',
    );
    await tap.until(() => tap.status().state === 'on', 'the tap');
    await client.publish('from a again');
    await tap.until(() => seen('from a again').length > 0, 'a fact of the node that returned');
  });

  test('a node whose tracing somebody switches off has it on again, with a gap that names it', async () => {
    const { name: _name, ...rest } = Object(await c.api('GET', '/api/vhosts/%2F'));
    const from = Date.now();
    await c.api('PUT', '/api/vhosts/%2F', { ...rest.metadata, tags: 'x', tracing: false });
    await tap.until(() => tracingAt(c), 'tracing at that node');
    const named = () => gaps().find((g) => g.from >= from - 3_000 && g.reason.includes(`off at ${c.node}`));
    const gap = await tap.until(() => named(), 'the gap');
    expect(gap.to).not.toBeNull();
  });

  test('at the end tracing is off at every node, and no queue of ours is left', async () => {
    clearInterval(polling);
    await tap.stop();
    expect(await Promise.all([a, b, c].map(tracingAt))).toEqual([false, false, false]);
    const queues = await a.api('GET', '/api/queues/%2F?columns=name');
    expect(Array.isArray(queues) ? queues.map((q) => q.name) : queues).toEqual(['orders']);
  });
});
