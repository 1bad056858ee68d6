import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { BrokerEvent } from '../model/broker-event.ts';
import { brokerEventSchema } from '../model/broker-event.ts';
import { BrokerEvents, HOLD_MS } from './broker-events.ts';
import { readLog } from './broker-log.ts';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../test/fixtures/${name}.json`, import.meta.url), 'utf8'));
const captured = z.array(
  z.object({ key: z.string(), headers: z.looseObject({ timestamp_in_ms: z.number() }), step: z.string() }),
);
const lines = z.array(z.string()).parse(fixture('broker-log-4.3'));
const timeOf = (line: string) => Date.parse(`${line.slice(0, 23).replace(' ', 'T')}Z`);

/** All that came of what a broker sent, in the order of its times. */
function told(version: string, log: readonly string[] = []): BrokerEvent[] {
  const reader = new BrokerEvents();
  const events = captured.parse(fixture(`broker-events-${version}`));
  const steps = [
    ...events.map(({ key, headers }) => ({
      at: headers.timestamp_in_ms,
      run: (now: number) => reader.event(key, headers, now),
    })),
    ...log.map((line) => ({ at: timeOf(line), run: (now: number) => reader.log(line, 'rabbit@a', now) })),
  ].sort((a, b) => a.at - b.at);
  const out = steps.flatMap(({ at, run }) => [...reader.due(at), ...run(at)]);
  out.push(...reader.due(Number.POSITIVE_INFINITY));
  for (const event of out) brokerEventSchema.parse(event);
  return out;
}
const words = (events: readonly BrokerEvent[], kind: BrokerEvent['kind'], part: string) =>
  events.filter((e) => e.kind === kind && e.words.includes(part)).map((e) => e.words);

describe.each(['3.10', '4.3'])('events of RabbitMQ %s', (version) => {
  const events = told(version);
  const gone = (tag: string) => events.filter((e) => e.kind === 'consumer.deleted' && e.consumerTag === tag);

  test('each consumer that went away is told once, with as much of the reason as events have', () => {
    const why = (tag: string) => gone(tag).map((e) => e.words.split('went away: ')[1]);
    expect(why('t-cancel')).toEqual(['its client cancelled it.']);
    expect(why('t-qdel')).toEqual(['its queue was deleted.']);
    expect(why('t-404')).toEqual(['its channel ended, the connection lives.']);
    expect(why('tag-kill')).toEqual(['its connection ended without being closed.']);
    expect(why('tag-clean')).toEqual(['its connection was closed in good order.']);
    expect(why('tag-hb')).toEqual(['its connection ended without being closed.']);
  });

  test('what follows from the order of events alone is marked as deduced', () => {
    const cause = (tag: string) => gone(tag).map((e) => `${e.deduced ? 'deduced' : 'told'}: ${e.cause}`);
    expect(cause('t-cancel')).toEqual(['told: cancelled']);
    expect(cause('t-qdel')).toEqual(['told: queue deleted']);
    expect(cause('t-404')).toEqual(['deduced: channel closed']);
    expect(cause('tag-kill')).toEqual(['deduced: client lost']);
    expect(cause('tag-clean')).toEqual(['deduced: client closed']);
    expect(cause('tag-hb')).toEqual(['deduced: client lost']);
  });

  test('a consumer is joined to its channel, its connection and its user', () => {
    const [opened] = events.filter((e) => e.kind === 'connection.created' && e.words.includes('ui-lab kill'));
    expect(gone('tag-kill')[0]).toMatchObject({
      connection: opened?.connection,
      vhost: 'ev',
      queue: 'evq',
      user: 'guest',
      node: expect.stringContaining('@'),
    });
  });

  test('a login that failed is no connection', () => {
    const closed = events.filter((e) => e.kind === 'connection.closed');
    expect(closed.every((e) => e.vhost !== '' && e.user !== null)).toBe(true);
    expect(closed).toHaveLength(events.filter((e) => e.kind === 'connection.created').length);
  });

  test('queues, policies and alarms are told in words', () => {
    expect(words(events, 'queue.deleted', 'evdel')).toEqual(['Queue evdel was deleted by guest.']);
    expect(words(events, 'queue.deleted', 'evexp')[0]).toContain('by the broker: it expired');
    expect(words(events, 'policy.changed', 'pol1')).toContain('Policy pol1 was set by guest.');
    expect(events.filter((e) => e.kind.startsWith('alarm')).map((e) => e.vhost)).toEqual(['', '']);
  });

  test('the same event is the same twice', () => {
    expect(told(version)).toEqual(events);
    expect(new Set(events.map((e) => e.id)).size).toBe(events.length);
  });
});

describe('the log of RabbitMQ 4.3', () => {
  const events = told('4.3', lines);
  const closed = (client: string) => words(events, 'connection.closed', client);

  test('gives each end its reason, and each end is told once', () => {
    expect(closed('ui-lab kill')).toEqual([expect.stringContaining('its process ended or was killed')]);
    expect(closed('ui-lab hb')).toEqual([expect.stringContaining('missed its heartbeats (timeout 2 s)')]);
    expect(closed('ui-lab ctlclose')).toEqual([
      expect.stringContaining('the broker closed it: lab reason text'),
    ]);
    expect(closed('ui-lab clean')).toEqual([expect.stringContaining('in good order')]);
  });

  test('gives it to the consumers that went with it', () => {
    const gone = (tag: string) => words(events, 'consumer.deleted', tag);
    expect(gone('tag-hb')).toEqual([expect.stringContaining('missed its heartbeats')]);
    expect(gone('t-404')).toEqual([expect.stringContaining("NOT_FOUND, no queue 'nope' in vhost 'ev'")]);
  });

  test('makes causes of them, with their codes', () => {
    const cause = (tag: string) =>
      events
        .filter((e) => e.kind === 'consumer.deleted' && e.consumerTag === tag)
        .map((e) => `${e.deduced ? 'deduced' : 'told'}: ${e.cause} ${e.code ?? ''}`.trim());
    expect(cause('tag-hb')).toEqual(['told: heartbeat missed']);
    expect(cause('tag-kill')).toEqual(['told: client lost']);
    expect(cause('tag-clean')).toEqual(['told: client closed']);
    expect(cause('t-404')).toEqual(['told: channel error 404']);
    expect(cause('t-cancel')).toEqual(['told: cancelled']);
  });

  test('tells of channels that the broker closed', () => {
    expect(words(events, 'channel.closed', 'basic.ack')[0]).toContain(
      'PRECONDITION_FAILED, unknown delivery tag 77',
    );
  });
});

test('what 3.10 says of an operator’s close is joined by the connection’s process', () => {
  const reader = new BrokerEvents();
  const pid = '<rabbit@a.1795224547.842.0>';
  const headers = { timestamp_in_ms: 1, name: '1.1.1.1:1 -> 1.1.1.2:2', vhost: '/', user: 'ann', pid };
  reader.event('connection.created', headers, 1);
  const line =
    '2026-11-21 01:22:36.426454+00:00 [info] <0.99.0> Closing connection <0.842.0> because <<"moving house">>';
  expect(reader.log(line, 'rabbit@b', 2)).toEqual([]);
  expect(reader.log(line, 'rabbit@a', 2)[0]).toMatchObject({
    connection: headers.name,
    words: 'Connection 1.1.1.1:1 -> 1.1.1.2:2 of user ann ended: the broker closed it: moving house.',
  });
});

test('a node that stops takes its connections along, however orderly they end, until it runs again', () => {
  const reader = new BrokerEvents();
  const client = (n: number, node: string) => ({
    timestamp_in_ms: n,
    name: `1.1.1.1:${n} -> 1.1.1.2:2`,
    vhost: '/',
    user: 'ann',
    node,
    pid: `<${node}.1.842.${n}>`,
  });
  const causeOf = (n: number, node: string, now: number) => {
    reader.event('connection.created', client(n, node), now);
    return () => {
      reader.event('connection.closed', client(n, node), now);
      return reader.due(now + HOLD_MS).map((e) => `${e.deduced ? 'deduced' : 'told'}: ${e.cause}`);
    };
  };
  const here = causeOf(1, 'rabbit@a', 10);
  const there = causeOf(2, 'rabbit@b', 10);
  const line = '2026-11-21 01:22:36.426454+00:00 [info] <0.1.0> RabbitMQ is asked to stop...';
  expect(reader.log(line, 'rabbit@a', 20)).toMatchObject([{ kind: 'node.stopped', node: 'rabbit@a' }]);
  expect(here()).toEqual(['told: node restarted']);
  expect(there()).toEqual(['deduced: client closed']);
  expect(causeOf(3, 'rabbit@a', 5_000)()).toEqual(['deduced: client closed']);
  // our own connection was told so; which node it was at is known where there is one, or by its name
  expect(reader.shutDown(null, 6_000)).toEqual([]);
  expect(reader.shutDown(client(3, '').name, 6_000)).toEqual([]);
  causeOf(4, 'rabbit@b', 6_000);
  expect(reader.shutDown(client(4, '').name, 6_000)).toMatchObject([{ node: 'rabbit@b' }]);
  const alone = new BrokerEvents();
  alone.log(line, 'rabbit@a', 1);
  expect(alone.shutDown(null, 80_000)).toMatchObject([{ kind: 'node.stopped', node: 'rabbit@a' }]);
});

/**
 *   consumer.deleted (by the broker) ─── HOLD_MS ──▶ told       its queue’s node stopped, at another node: the channel lives
 *   consumer.deleted ── channel.closed ─ HOLD_MS ──▶ told       3.10, when a channel closes
 */
test('a consumer that the broker takes off a channel that lives has not left by itself', () => {
  const reader = new BrokerEvents();
  reader.hearsLog(true);
  const of = (tag: string) => ({
    ...{ timestamp_in_ms: 1, vhost: '/', queue: tag, consumer_tag: tag, channel: `<a.1.${tag}>` },
    user_who_performed_action: 'rmq-internal',
  });
  const name = '1.1.1.1:1 -> 1.1.1.2:2';
  const pid = '<rabbit@a.1.842.0>';
  reader.event(
    'connection.created',
    { timestamp_in_ms: 1, name, vhost: '/', user: 'ann', node: 'rabbit@a', pid },
    1,
  );
  for (const tag of ['1.0', '2.0', '3.0']) {
    reader.event(
      'channel.created',
      { timestamp_in_ms: 1, pid: of(tag).channel, connection: pid, name: `${name} (1)` },
      1,
    );
    reader.event('consumer.created', of(tag), 1);
  }
  const gone = (now: number) =>
    reader
      .due(now)
      .filter((e) => e.kind === 'consumer.deleted')
      .map((e) => `${e.deduced ? 'deduced' : 'told'}: ${e.cause} ${e.node}`);
  reader.event('consumer.deleted', of('1.0'), 10);
  expect(gone(10 + HOLD_MS)).toEqual(['deduced: cancelled rabbit@a']);
  reader.event('consumer.deleted', of('2.0'), 2_000);
  reader.event('channel.closed', { timestamp_in_ms: 2_000, pid: of('2.0').channel }, 2_000);
  expect(gone(2_000 + HOLD_MS)).toEqual(['told: channel closed rabbit@a']);
  reader.event('consumer.deleted', of('3.0'), 4_000);
  reader.log(
    '2026-11-21 01:22:36.426454+00:00 [info] <0.1.0> rabbit on node rabbit@b down',
    'rabbit@a',
    4_100,
  );
  expect(gone(4_000 + HOLD_MS)).toEqual(['told: node restarted rabbit@b']);
});

test('a node’s end and its return are told once, however many of its peers say so', () => {
  const reader = new BrokerEvents();
  const says = (how: string, by: string, at: number) =>
    reader
      .log(`2026-11-21 01:22:36.426454+00:00 [info] <0.1.0> rabbit on node rabbit@c ${how}`, by, at)
      .map((e) => e.kind);
  expect(says('down', 'rabbit@a', 1)).toEqual(['node.stopped']);
  expect(says('down', 'rabbit@b', 20)).toEqual([]);
  expect(says('up', 'rabbit@a', 9_000)).toEqual(['node.started']);
  // as it boots
  expect(says('down', 'rabbit@b', 9_060)).toEqual([]);
  expect(says('up', 'rabbit@b', 9_070)).toEqual([]);
  expect(says('down', 'rabbit@b', 20_000)).toEqual(['node.stopped']);
  const line = '2026-11-21 01:22:36.426454+00:00 [info] <0.1.0> rabbit on node rabbit@a up';
  expect(reader.log(line, 'rabbit@c', 21_000)).toEqual([]);
});

test('a node that was down before we came, and boots, has not stopped', () => {
  const reader = new BrokerEvents();
  const says = (how: string, at: number) =>
    reader
      .log(`2026-11-21 01:22:36.426454+00:00 [info] <0.1.0> rabbit on node rabbit@c ${how}`, 'rabbit@a', at)
      .map((e) => e.kind);
  expect([says('up', 1), says('down', 60), says('up', 70)]).toEqual([[], [], []]);
  expect(says('down', 20_000)).toEqual(['node.stopped']);
});

test('a client’s name cannot pass for the broker’s own words', () => {
  const head = '2026-11-21 01:22:28.207180+00:00 [warning] <0.1.0> closing AMQP connection <0.1.0> ';
  const name = "x, vhost: 'theirs', user: 'root'): client unexpectedly closed TCP connection";
  const line = `${head}(10.0.0.1:5 -> 10.0.0.2:5672 - ${name}, vhost: 'ours', user: 'ann', duration: '1s'):\n missed heartbeats from client, timeout: 9s`;
  expect(readLog(line)).toMatchObject({
    connection: { vhost: 'ours', user: 'ann', client: name },
    end: { cause: 'heartbeat missed', words: expect.stringContaining('missed its heartbeats (timeout 9 s)') },
  });
});

test.each([
  ['nothing', ''],
  ['another line', "2026-11-21 01:22:16.514+00:00 [info] <0.14.0> User 'guest' authenticated successfully"],
  ['a very long line', `closing AMQP connection (${'x'.repeat(1_000_000)}`],
  ['brackets without end', `closing AMQP connection (1.1.1.1:1 -> 1.1.1.1:1${' - ('.repeat(900)}`],
])('%s is no news', (_, text) => {
  expect(readLog(text)).toBeNull();
});

test.each([null, 7, {}, { timestamp_in_ms: 'x' }, { timestamp_in_ms: 1, name: {}, pid: [] }])(
  'headers %j are no event',
  (headers) => {
    const reader = new BrokerEvents();
    for (const key of [
      'connection.created',
      'connection.closed',
      'queue.deleted',
      'consumer.deleted',
      '__proto__',
    ])
      expect(reader.event(key, headers, 0)).toEqual([]);
    expect(reader.due(HOLD_MS)).toEqual([]);
  },
);
