import { describe, expect, it } from 'vitest';
import { death, Story, T0 } from '../../test/build-facts.ts';
import type { BrokerEvent } from '../model/broker-event.ts';
import type { Fact } from '../model/fact.ts';
import type { Journey } from '../model/journey.ts';
import { assemble } from './assemble.ts';

const worker = '10.0.3.4:51021 -> 10.0.0.1:5672';
const says = (journey: Journey) => journey.sentence.map((p) => p.text).join('');
const line = (journey: Journey) =>
  journey.hops.map((h) => `${h.provenance === 'inferred' ? `(${h.kind})` : h.kind} ${h.row}`);
const parks = (_: string, queue: string) => queue === 'billing.dead';
const body = { size: 20, data: btoa('{"order":8841,"x":1}'), truncated: false };
const withBody = (properties: object): Fact['message'] => ({
  properties: { ...properties },
  headers: [],
  body,
});

describe('a message that a service publishes again', () => {
  //  ●▶▭work ●1 ─(retry)─ ●publish▶▭work.retry ⌛▶▭work ●2      x-death knows the waiting queue only
  it('round a retry queue of its own is on a retry', () => {
    const story = new Story().published(0, 'orders', ['work']).delivered(10, 'work');
    story.published(20, '', ['work.retry'], { connection: worker });
    story.delivered(5_020, 'work', 1, {
      deaths: [death({ queue: 'work.retry', reason: 'expired', exchange: '' }, 5_020)],
    });
    const journey = assemble(story.facts, []);
    expect(line(journey)).toEqual([
      'publish ex:orders',
      'queue q:work',
      'delivery q:work',
      '(retry) q:work',
      'publish ex:',
      '(queue) q:work.retry',
      '(retry) q:work.retry',
      'queue q:work',
      'delivery q:work',
    ]);
    expect(journey.hops.map((h) => h.attempt).filter((n) => n !== null)).toEqual([1, 2]);
    expect(journey.status).toBe('delivered');
  });

  it('is no retry when its publisher sent it twice', () => {
    const story = new Story()
      .published(0, 'orders', ['work'])
      .delivered(10, 'work')
      .published(20, 'orders', ['work']);
    expect(line(assemble(story.facts, [])).filter((l) => l.includes('retry'))).toEqual([]);
  });

  //  ●▶▭billing ●1 ─(✕ parked)─ ●publish▶▭billing.dead
  it('into a dead-letter queue is dead there, though no x-death says so', () => {
    const story = new Story().published(0, 'orders', ['billing']).delivered(10, 'billing');
    story.published(20, '', ['billing.dead'], { connection: worker, error: 'card expired' });
    expect(assemble(story.facts, []).status).toBe('in flight');
    const journey = assemble(story.facts, [], { parks });
    expect(line(journey).slice(3)).toEqual(['(death) q:billing', 'publish ex:', '(queue) q:billing.dead']);
    expect(journey.status).toBe('dead');
    expect(journey.states.at(-1)).toEqual({ status: 'dead', provenance: 'inferred' });
    expect(journey.rows.find((r) => r.name === 'billing.dead')?.deadLetters).toBe(true);
    expect(says(journey)).toContain('A service put it aside: card expired.');
  });

  it('is parked by the worker that published it, though another was handed its copy later', () => {
    const story = new Story().published(0, 'orders', ['billing', 'stock']);
    story.delivered(4, 'stock', 1).delivered(6, 'billing', 2);
    story.published(9, 'orders.dlx', ['billing.dead'], {
      connection: '10.0.3.4:51021 -> 10.0.0.1:5672',
    });
    const { hops } = assemble(story.facts, [], { parks });
    expect(hops.find((h) => h.kind === 'death')).toMatchObject({ reason: 'parked', queue: 'stock' });
  });

  it('is dead in a dead-letter queue also when its first publish was not seen', () => {
    const story = new Story().published(20, 'parking', ['billing.dead']);
    expect(assemble(story.facts, [], { parks }).status).toBe('dead');
  });
});

describe('a replay', () => {
  //  (●▶▭billing ✕) ▭billing.dead ◆▶▭billing      only the replay was seen: the letter that it read carried x-death
  it('tells of the death that nobody saw', () => {
    const story = new Story().replayed(9_000, 'billing.dead', 'R1.0', {
      deaths: [death({ queue: 'billing' }, 3_000)],
    });
    const journey = assemble(story.facts, []);
    expect(line(journey)).toEqual([
      '(publish) ex:orders',
      '(queue) q:billing',
      '(death) q:billing',
      'queue q:billing.dead',
      'replay q:billing.dead',
    ]);
    expect(journey.hops[2]?.ids.replayId).toBeUndefined();
    expect(journey.status).toBe('replayed');
  });
});

describe('messages that cause messages', () => {
  //  ●ask▶▭rpc ● ──▶ ●answer▶▭amq.gen-1
  it('link an answer to what it answers by reply-to and correlation ID', () => {
    const ids = { correlationId: 'c1' };
    const story = new Story(ids);
    story.published(0, 'rpc', ['rpc'], { message: withBody({ replyTo: 'amq.gen-1' }) });
    story.delivered(5, 'rpc', 1, { message: withBody({ replyTo: 'amq.gen-1' }) });
    story.published(9, '', ['amq.gen-1'], { fingerprint: 'beef', connection: 'another' });
    const journey = assemble(story.facts, []);
    const answer = journey.hops.find((h) => h.kind === 'publish' && h.exchange === '');
    const asked = journey.hops.find((h) => h.kind === 'delivery');
    expect(answer?.from).toEqual([asked?.id]);
    expect(answer?.why).toContain('reply-to');
  });

  it('take the same body under the same correlation ID for a copy, unless its first publisher sent it too', () => {
    const story = new Story({ correlationId: 'c1', messageId: 'a' });
    story
      .published(0, 'orders', ['work'], { message: withBody({}) })
      .delivered(5, 'work', 1, { message: withBody({}) });
    const ids = { correlationId: 'c1', messageId: 'b' };
    const first = { ids, message: withBody({}) };
    const linked = assemble([...story.facts, ...later(story, 'x -> y', first)], []);
    expect(linked.hops.find((h) => h.exchange === 'late' && h.kind === 'publish')?.from).toHaveLength(1);
    const own = assemble([...story.facts, ...later(story, '10.0.3.2:50100 -> 10.0.0.1:5672', first)], []);
    expect(own.hops.find((h) => h.exchange === 'late' && h.kind === 'publish')?.from).toEqual([]);
  });

  function later(story: Story, connection: string, more: object): Fact[] {
    const next = new Story(story.ids).published(20, 'late', ['q'], { connection, ...more });
    return next.facts.map((f) => ({ ...f, id: 'later' }));
  }
});

describe('what happened on the broker', () => {
  const event = (kind: BrokerEvent['kind'], at: number, more: Partial<BrokerEvent> = {}): BrokerEvent => ({
    id: `e${at}`,
    at: T0 + at,
    kind,
    source: 'log',
    vhost: '/',
    queue: null,
    connection: null,
    consumerTag: null,
    user: null,
    node: null,
    words: 'missed heartbeats from client, timeout: 60s',
    ...more,
  });

  it('explains a redelivery by the connection that closed', () => {
    const story = new Story()
      .published(0, 'orders', ['work'])
      .delivered(10, 'work')
      .redelivered(9_000, 'work', 2);
    const closed = event('connection.closed', 8_900, { connection: worker });
    const other = event('connection.closed', 8_800, { connection: 'another' });
    const journey = assemble(story.facts, [], { events: [closed, other] });
    const retry = journey.hops.find((h) => h.kind === 'retry');
    expect(retry).toMatchObject({ at: T0 + 8_900, events: [{ id: 'e8900' }], provenance: 'inferred' });
    expect(retry?.why).toContain('missed heartbeats');
  });

  it('says of a delivery that its connection closed, and claims no more', () => {
    const story = new Story().published(0, 'orders', ['work']).delivered(10, 'work');
    const journey = assemble(story.facts, [], {
      events: [event('connection.closed', 50, { connection: worker })],
    });
    expect(journey.hops.at(-1)?.why).toContain('had it not acked');
    expect(journey.status).toBe('delivered');
  });

  it('ends the wait in a queue that was deleted: nobody knows where the message is', () => {
    const story = new Story().published(0, 'orders', ['work']);
    const deleted = event('queue.deleted', 500, { queue: 'work' });
    const journey = assemble(story.facts, [], { events: [deleted] });
    expect(journey.hops.at(-1)).toMatchObject({
      kind: 'queue',
      until: T0 + 500,
      events: [{ kind: 'queue.deleted' }],
    });
    expect(journey.status).toBe('unknown');
    expect(says(journey)).toContain('Queue work was deleted while it lay there.');
    expect(assemble(story.facts, [], { events: [{ ...deleted, vhost: 'other' }] }).status).toBe('in flight');
    expect(assemble(story.facts, [], { events: [{ ...deleted, at: T0 - 9_000 }] }).status).toBe('in flight');
  });
});
