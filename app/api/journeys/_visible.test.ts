import { describe, expect, it } from 'vitest';
import { assemble } from '../../../lib/journey/assemble.ts';
import type { BrokerEvent } from '../../../lib/model/broker-event.ts';
import type { Fact, Gap } from '../../../lib/model/fact.ts';
import type { MessagingSpan } from '../../../lib/model/span.ts';
import { Story } from '../../../test/build-facts.ts';
import {
  eventsAbout,
  gapsFor,
  inPart,
  maySee,
  narrowed,
  type Reader,
  seenOf,
  seesWhole,
} from './_visible.ts';

/** A user whose read permission is `^a` in vhost / and nothing elsewhere. */
const reader: Reader = { vhosts: ['/'], mayRead: (vhost, name) => vhost === '/' && name.startsWith('a') };
const story = new Story()
  .published(0, 'x', ['a', 'b'])
  .delivered(1, 'a')
  .delivered(2, 'b')
  .died(3, { queue: 'b' }, { error: 'secret' })
  .replayed(4, 'b.dead', 'R1.0')
  .delivered(5, 'a', 1, { vhost: 'other' });

describe('what a user may see', () => {
  it('is what concerns queues and exchanges that it may read', () => {
    expect(story.facts.map((fact) => maySee(reader, fact))).toEqual([true, true, false, false, false, false]);
  });

  it('by the default exchange goes by the queue that the key names', () => {
    const facts = new Story().published(0, '', ['b']).published(1, '', ['a']).facts;
    expect(facts.map((fact) => maySee(reader, fact))).toEqual([false, true]);
  });

  it('is a span about a queue or exchange that it may read, or about none, or about how a visible message was sent', () => {
    const messaging = {
      ...{ system: 'rabbitmq', operation: null, destination: null, exchange: null, queue: null },
      ...{ routingKey: null, messageId: null, conversationId: null },
    };
    const span = (place: Partial<MessagingSpan> | null): Partial<Fact> => ({
      exchange: undefined,
      span: {
        ...{
          traceId: '',
          spanId: '',
          parentSpanId: null,
          links: [],
          name: 'work',
          kind: 'internal',
          service: null,
        },
        ...{
          startAt: 0,
          endAt: 0,
          status: 'ok',
          statusMessage: null,
          exceptionType: null,
          attributes: [],
          cut: false,
        },
        messaging: place && { ...messaging, ...place },
      },
    });
    const seen = (place: Partial<MessagingSpan> | null, story = new Story()) =>
      seenOf(reader, story.add('span', 9, span(place)).facts).some((fact) => fact.kind === 'span');
    for (const place of [null, {}, { queue: 'a' }, { exchange: 'a' }, { exchange: '', routingKey: 'a' }])
      expect([place, seen(place)]).toEqual([place, true]);
    const others = [
      { queue: 'b' },
      { exchange: 'x' },
      { exchange: '', routingKey: 'b' },
      { destination: 'b' },
    ];
    for (const place of others) expect([place, seen(place)]).toEqual([place, false]);
    expect(seen({ exchange: 'x' }, new Story().published(0, 'x', ['a']))).toBe(true);
    expect(seen({ exchange: 'x' }, new Story().published(0, 'x', ['b']))).toBe(false);
    expect(seen({ exchange: 'x', queue: 'b' }, new Story().published(0, 'x', ['a']))).toBe(false);
  });

  it('of a narrower scope is that there is one: its words name queues and exchanges', () => {
    const gap = (kind: Gap['kind'], reason: string): Gap => ({
      ...{ id: kind, vhost: '/', from: 1, to: null, missing: null },
      ...{ kind, reason },
    });
    const gaps = [gap('scope', 'Only deliveries of b are captured.'), gap('sampling', 'Only 10 %.')];
    expect(JSON.stringify(gapsFor({ tags: ['monitoring'] }, gaps))).not.toContain('of b');
    expect(gapsFor({ tags: [] }, gaps)[1]).toEqual(gaps[1]);
    expect(gapsFor({ tags: ['administrator'] }, gaps)).toEqual(gaps);
  });

  it('of the broker’s events are those about its connections and queues that name nothing else', () => {
    const event = (change: Partial<BrokerEvent>): BrokerEvent => ({
      id: JSON.stringify(change),
      at: 1,
      kind: 'connection.closed',
      source: 'log',
      vhost: '/',
      queue: null,
      connection: null,
      consumerTag: null,
      user: null,
      node: null,
      words: 'It ended.',
      ...change,
    });
    const connection = '10.0.0.1:1 -> 10.0.0.2:5672';
    const facts = new Story().delivered(1, 'a', 0, { connection }).facts;
    const secret = "NOT_FOUND, no queue 'b' in vhost '/'";
    const mine = [
      event({ connection }),
      event({ queue: 'a' }),
      event({ connection, words: secret.replace('b', 'a') }),
    ];
    const others = [
      event({ connection, words: secret }),
      event({ connection, vhost: 'other' }),
      event({ connection: 'another' }),
      event({ queue: 'b' }),
      event({}),
    ];
    expect(eventsAbout(reader, facts, [...mine, ...others])).toEqual(mine);
  });

  it('makes a line in which the rest is not counted', () => {
    expect(narrowed(reader, 'j', story.facts)).toMatchObject({
      status: 'unknown',
      deliveries: 1,
      deaths: 0,
      error: null,
    });
    expect(narrowed({ ...reader, vhosts: [] }, 'j', story.facts)).toBeNull();
  });

  it('is told as a part of the journey, of which nobody can say that it is still in flight', () => {
    const journey = inPart(assemble(story.facts.slice(0, 1), []));
    expect(journey.status).toBe('unknown');
    expect(journey.states.map((s) => s.status)).not.toContain('in flight');
    expect(journey.sentence.at(-1)?.text).toContain('hidden');
  });

  it('is the whole line only when every name in it may be read, in every vhost', () => {
    const line = narrowed({ vhosts: ['/', 'other'], mayRead: () => true }, 'j', story.facts);
    if (!line) throw new Error('there is a line');
    expect(seesWhole(reader, true, line)).toBe(false);
    expect(seesWhole({ ...reader, mayRead: () => true }, true, line)).toBe(true);
    expect(seesWhole({ ...reader, mayRead: () => true }, false, line)).toBe(false);
  });
});
