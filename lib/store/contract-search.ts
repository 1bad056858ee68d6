/** What every engine's search, latency, broker events and purge must do; see contract.ts. */
import { afterEach, describe, expect, test } from 'vitest';
import type { JourneyQuery } from '../model/api.ts';
import type { BrokerEvent } from '../model/broker-event.ts';
import type { Fact } from '../model/fact.ts';
import type { Header } from '../model/message.ts';
import type { FactStoreLimits, FactStoreUnderTest } from './contract.ts';
import { deathOf, factOf } from './fact-samples.ts';

const T0 = 1_700_000_000_000;

const header = (name: string, value: Header['value']): Header => ({ name, type: 'S', value });

function messageOf(body: string, ...headers: Header[]): Fact['message'] {
  const data = Buffer.from(body);
  return {
    properties: {},
    headers,
    body: { size: data.length, data: data.toString('base64'), truncated: false },
  };
}

/** One message a letter, a second apart. */
function factsOfShop(): Fact[] {
  const seen = (letter: string, change: Partial<Fact>): Fact =>
    factOf({ ids: { messageId: letter }, at: T0 + 1_000 * (letter.charCodeAt(0) - 97), ...change });
  return [
    seen('a', {
      exchange: 'shop',
      routingKeys: ['order.eu.new'],
      user: 'Till',
      connection: '10.0.0.1:1 -> x',
    }),
    seen('b', {
      exchange: 'shop',
      routingKeys: ['order.us.new'],
      message: messageOf('one', header('tenant', 'acme')),
    }),
    seen('c', {
      message: messageOf('Grüße', header('tenant', 'acme'), header('n', 5), header('t', { deep: 1 })),
    }),
    seen('d', {
      exchange: '',
      routingKeys: ['mail'],
      message: messageOf('{"sku":"AB-1"}', header('a=b', 'c')),
    }),
    seen('d', {
      kind: 'delivered',
      queue: 'mail',
      exchange: '',
      at: T0 + 9_000,
      message: messageOf('{"sku":"AB-1"}'),
    }),
    deathOf({ ids: { messageId: 'e' }, at: T0 + 4_000, reason: 'expired', queue: 'slow' }),
    seen('f', { vhost: 'two', exchange: 'shop', message: messageOf('AB-1', header('tenant', 'acme')) }),
  ];
}

export function searchContract(open: (limits?: FactStoreLimits) => FactStoreUnderTest): void {
  let store: FactStoreUnderTest | null = null;
  const opened = (limits?: FactStoreLimits) => {
    store = open(limits);
    return store;
  };
  afterEach(() => {
    store?.destroy();
    store = null;
  });

  /** Letters of all pages, in the order told. */
  function letters({ reader }: FactStoreUnderTest, query: Partial<JourneyQuery>, vhosts = ['/']): string {
    let found = '';
    let cursor: string | undefined;
    for (let pages = 0; pages < 50; pages++) {
      const page = reader.list({ limit: 2, ...query, cursor }, vhosts);
      found += page.journeys.map((j) => j.id.slice('message:'.length)).join('');
      if (page.next === null) return found;
      cursor = page.next;
    }
    throw new Error('the pages have no end');
  }

  describe.each([
    ['in one segment', 1_000],
    ['each fact in a segment of its own', 1],
  ])('search, %s', (_, segmentFacts) => {
    function shop() {
      const under = opened({ segmentFacts });
      for (const fact of factsOfShop()) under.writer.append([fact]);
      return under;
    }

    test('finds by exchange, the default one too, by reason and by queue', () => {
      const under = shop();
      expect(letters(under, { exchange: 'shop' })).toBe('ba');
      expect(letters(under, { exchange: 'shop' }, ['/', 'two'])).toBe('fba');
      expect(letters(under, { exchange: '' })).toBe('d');
      // a dead letter's first exchange is known from its death
      expect(letters(under, { exchange: 'orders' })).toBe('ec');
      expect(letters(under, { reason: 'expired' })).toBe('e');
      expect(letters(under, { queue: 'slow' })).toBe('e');
      expect(letters(under, { exchange: 'sho' })).toBe('');
    });

    test('finds by routing key as topic bindings do, never as a regular expression', () => {
      const under = shop();
      expect(letters(under, { key: 'order.eu.new' })).toBe('a');
      expect(letters(under, { key: 'order.*.new' })).toBe('ba');
      expect(letters(under, { key: 'order.#' })).toBe('ba');
      expect(letters(under, { key: '#' })).toBe('decba');
      expect(letters(under, { key: '*' })).toBe('de');
      expect(letters(under, { key: 'order.*' })).toBe('');
      expect(letters(under, { key: 'order.e*.new' })).toBe('');
      expect(letters(under, { key: '.*' })).toBe('');
      expect(letters(under, { key: '(a+)+$' })).toBe('');
    });

    test('finds by header, by its name or with its value, of which all must hold', () => {
      const under = shop();
      expect(letters(under, { header: ['tenant=acme'] })).toBe('cb');
      expect(letters(under, { header: ['tenant'] })).toBe('cb');
      expect(letters(under, { header: ['tenant=acme', 'n=5'] })).toBe('c');
      expect(letters(under, { header: ['tenant=acm'] })).toBe('');
      expect(letters(under, { header: ['a=b=c'] })).toBe('d');
      expect(letters(under, { header: ['a=b'] })).toBe('d');
      // a table is found by its name alone
      expect(letters(under, { header: ['t'] })).toBe('c');
      expect(letters(under, { header: ['deep=1'] })).toBe('');
      expect(letters(under, { header: ['__proto__'] })).toBe('');
    });

    test('finds by part of a user or connection, in any case', () => {
      const under = shop();
      expect(letters(under, { client: 'tIlL' })).toBe('a');
      expect(letters(under, { client: '0.0.1:' })).toBe('a');
      expect(letters(under, { client: '%' })).toBe('');
    });

    test('finds by time: what was seen in it, also what began before and went on after', () => {
      const under = shop();
      expect(letters(under, { from: T0 + 1_000, to: T0 + 2_000 })).toBe('cb');
      expect(letters(under, { from: T0 + 3_500, to: T0 + 3_600 })).toBe('d');
      expect(letters(under, { from: T0 + 9_001 })).toBe('');
      expect(letters(under, { to: T0 - 1 })).toBe('');
    });

    test('finds text in bodies, in any case, each journey once', () => {
      const under = shop();
      expect(letters(under, { text: 'ab-1' })).toBe('d');
      expect(letters(under, { text: 'ab-1', limit: 1 }, ['/', 'two'])).toBe('fd');
      expect(letters(under, { text: 'GRÜSSE' })).toBe('');
      expect(letters(under, { text: 'gRÜßE' })).toBe('c');
      expect(letters(under, { text: '%' })).toBe('');
      expect(() => under.reader.list({ limit: 5, text: 'x', cursor: 'text_x' }, ['/'])).toThrow('cursor');
    });

    test('takes filters together with each other, an ID and a vhost', () => {
      const under = shop();
      const both = ['/', 'two'];
      expect(letters(under, { exchange: 'shop', header: ['tenant=acme'] }, both)).toBe('fb');
      expect(letters(under, { exchange: 'shop', header: ['tenant=acme'], text: 'ab' }, both)).toBe('f');
      expect(letters(under, { exchange: 'shop', vhost: '/', key: 'order.#', client: 'till' }, both)).toBe(
        'a',
      );
      expect(letters(under, { q: 'b', exchange: 'shop' })).toBe('b');
      expect(letters(under, { q: 'b', exchange: 'orders' })).toBe('');
      expect(letters(under, { q: 'b', text: 'one' })).toBe('b');
      expect(letters(under, { q: 'sho', header: ['tenant'] })).toBe('b');
      expect(letters(under, { status: 'dead', reason: 'expired', to: T0 + 4_000 })).toBe('e');
      expect(letters(under, { status: 'in flight', reason: 'expired' })).toBe('');
    });
  });

  test('search goes through many journeys of a common token, page by page, and finds the one rare', () => {
    const under = opened({ segmentFacts: 6_000 });
    const all = Array.from({ length: 9_000 }, (_, i) =>
      factOf({
        ids: { messageId: `${i}` },
        at: T0 + i,
        exchange: i < 6_000 ? 'old' : 'new',
        user: i % 2 === 0 ? 'even' : 'odd',
        routingKeys: [`k.${i % 1_000}`],
      }),
    );
    for (let i = 0; i < all.length; i += 500) under.writer.append(all.slice(i, i + 500));
    const first = (query: Partial<JourneyQuery>) =>
      under.reader.list({ limit: 2, ...query }, ['/']).journeys.map((j) => j.id.slice(8));
    expect(first({ exchange: 'old' })).toEqual(['5999', '5998']);
    expect(first({ exchange: 'old', client: 'even' })).toEqual(['5998', '5996']);
    expect(first({ exchange: 'old', key: 'k.7' })).toEqual(['5007', '4007']);
    expect(first({ key: 'k.7' })).toEqual(['8007', '7007']);
    expect(first({ key: '*.999', to: T0 + 8_000 })).toEqual(['7999', '6999']);
    expect(first({ key: 'k.#', to: T0 + 8_000 })).toEqual(['8000', '7999']);
    expect(first({ key: 'k.7', client: 'even' })).toEqual([]);
    expect(first({ exchange: 'never' })).toEqual([]);
    let seen = 0;
    for (let cursor: string | undefined; ; ) {
      const page = under.reader.list({ limit: 200, exchange: 'old', client: 'odd', cursor }, ['/']);
      seen += page.journeys.length;
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(seen).toBe(3_000);
  });

  test('a long journey is found in the time it began, after newer ones', () => {
    const under = opened({ segmentFacts: 3 });
    const hour = 3_600_000;
    under.writer.append([factOf({ ids: { messageId: 'a' }, at: T0, exchange: 'first' })]);
    under.writer.append([factOf({ ids: { messageId: 'b' }, at: T0 + 1, exchange: 'first' })]);
    for (let i = 0; i < 9; i++)
      under.writer.append([factOf({ ids: { messageId: `${i}` }, at: T0 + i * hour + 2 })]);
    under.writer.append([factOf({ ids: { messageId: 'a' }, at: T0 + 8 * hour })]);
    expect(letters(under, { to: T0 + 1 })).toBe('ab');
    expect(letters(under, { exchange: 'first' })).toBe('ab');
    expect(letters(under, { to: T0 + 2 })).toBe('a0b');
  });

  test('a journey that spans alone told of is found by its ID and left out of lists, until a message is seen', () => {
    const under = opened();
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const span: Fact['span'] = {
      traceId,
      spanId: '00f067aa0ba902b7',
      parentSpanId: null,
      links: [],
      name: 'GET /',
      kind: 'server',
      service: 'Checkout',
      startAt: T0,
      endAt: T0 + 5,
      status: 'unset',
      statusMessage: null,
      exceptionType: null,
      messaging: null,
      attributes: [],
      cut: false,
    };
    const ids = { traceId, spanId: span.spanId };
    const told = { kind: 'span' as const, source: 'otlp' as const, ids, fingerprint: '', span };
    under.writer.append([
      factOf({ ...told, exchange: undefined, routingKeys: undefined, routedQueues: undefined }),
    ]);
    const listed = (query: Partial<JourneyQuery>) =>
      under.reader.list({ limit: 5, ...query }, ['/']).journeys.map((j) => j.spans);
    expect(listed({})).toEqual([]);
    expect(listed({ client: 'checkout' })).toEqual([]);
    expect(listed({ q: traceId })).toEqual([1]);
    expect(under.reader.find(traceId, 5)).toHaveLength(1);
    under.writer.append([factOf({ ids: { traceId, messageId: 'm' } })]);
    expect(listed({})).toEqual([1]);
    expect(listed({ client: 'checkout', exchange: 'orders' })).toEqual([1]);
  });

  describe('latency', () => {
    const delivery = (change: Partial<Fact>) => factOf({ kind: 'delivered', queue: 'orders', ...change });
    const minute = 60_000;
    const begin = Math.floor(T0 / minute) * minute;

    test('is from publish to first delivery by queue, across restarts, each once', () => {
      let under = opened({ clock: () => begin + 10 * minute });
      const ids = (messageId: string) => ({ ids: { messageId }, routedQueues: ['orders', 'mail'] });
      const facts = [
        factOf({ ...ids('a'), at: begin }),
        delivery({ ...ids('a'), at: begin + 100 }),
        factOf({ ...ids('b'), at: begin + minute }),
      ];
      under.writer.append(facts);
      under.writer.append(facts);
      under = under.reopen();
      store = under;
      under.writer.append([
        delivery({ ...ids('b'), at: begin + minute + 1_000 }),
        // again, and a delivery nobody saw the publish of, and out of a dead-letter queue: not measured
        delivery({ ...ids('b'), at: begin + minute + 5_000, redelivered: true }),
        delivery({ ...ids('c'), at: begin + minute }),
        delivery({ ...ids('a'), at: begin + minute, queue: 'dead', deaths: deathOf().deaths }),
        delivery({ ...ids('a'), at: begin + 2 * minute, queue: 'mail' }),
      ]);
      const { queues, ...range } = under.reader.latency(
        { points: 10, from: begin, to: begin + 10 * minute },
        ['/'],
      );
      expect(range).toEqual({ from: begin, to: begin + 10 * minute });
      expect(queues.map((q) => [q.queue, q.count])).toEqual([
        ['mail', 1],
        ['orders', 2],
      ]);
      const orders = queues[1];
      expect(orders?.points.map((p) => p.count)).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
      expect(orders?.points[1]?.at).toBe(begin + minute);
      expect(orders?.points[2]?.p95).toBeNull();
      near(orders?.p50, 100);
      near(orders?.p99, 1_000);
      near(queues[0]?.p50, 2 * minute);
    });

    test('takes the publish that comes in a moment after its delivery, and tells vhosts and queues apart', () => {
      const under = opened({ clock: () => begin + minute });
      under.writer.append([
        delivery({ at: begin + 1 }),
        factOf({ at: begin + 1.002 }),
        factOf({ vhost: 'two', ids: { messageId: 'x' }, at: begin }),
        delivery({ vhost: 'two', ids: { messageId: 'x' }, at: begin + 10 }),
      ]);
      const counts = (query: object, vhosts = ['/', 'two']) =>
        under.reader.latency({ points: 1, ...query }, vhosts).queues.map((q) => [q.vhost, q.count, q.p50]);
      expect(counts({})).toEqual([
        ['two', 1, expect.closeTo(10, 0)],
        ['/', 1, 0.1],
      ]);
      expect(counts({}, ['two'])).toHaveLength(1);
      expect(counts({ queue: 'other' })).toEqual([]);
      expect(counts({ vhost: 'two' }, ['/'])).toEqual([]);
      expect(counts({ from: begin + 5 * minute, to: begin + 6 * minute })).toEqual([]);
    });
  });

  const event = (id: string, at: number, vhost = '/'): BrokerEvent => ({
    id,
    at,
    kind: 'queue.deleted',
    source: 'event',
    vhost,
    queue: 'orders',
    connection: null,
    consumerTag: null,
    user: null,
    node: null,
    words: `Queue orders was deleted (${id}).`,
  });

  test('broker events are kept once and answered by time and vhost, the latest when there are too many', () => {
    const { writer, reader } = opened();
    const events = [event('b', T0 + 1), event('a', T0), event('n', T0 + 2, ''), event('c', T0 + 3, 'two')];
    writer.putEvents(events);
    writer.putEvents([event('a', T0)]);
    const ids = (vhosts: string[], from: number, to: number, limit = 9) =>
      reader.events(vhosts, from, to, limit).map((e) => e.id);
    expect(ids(['/'], T0, T0 + 9)).toEqual(['a', 'b', 'n']);
    expect(ids(['two'], T0 + 1, T0 + 9)).toEqual(['n', 'c']);
    expect(ids([], T0, T0 + 1)).toEqual([]);
    expect(ids(['/', 'two'], T0, T0 + 9, 2)).toEqual(['n', 'c']);
    expect(reader.events(['/'], T0 + 1, T0 + 1, 1)).toEqual([events[0]]);
  });

  describe('a purge', () => {
    function filled(segmentFacts: number) {
      const under = opened({ segmentFacts, clock: () => T0 + 600_000 });
      for (const fact of factsOfShop()) under.writer.append([fact]);
      under.writer.putEvents([event('old', T0), event('new', T0 + 8_000)]);
      under.writer.putGap({ id: 'g', vhost: '/', from: 1, to: 2, kind: 'dropped', reason: '', missing: 1 });
      return under;
    }

    test('of everything leaves nothing, and the store goes on', () => {
      let under = filled(2);
      expect(under.writer.purge(null)).toBe(7);
      expect(under.writer.size()).toMatchObject({ facts: 0, oldestAt: null });
      expect(letters(under, {}, ['/', 'two'])).toBe('');
      expect(under.reader.find('a', 5)).toEqual([]);
      expect(under.reader.deaths(['/'], 0, 1)).toEqual([]);
      expect(under.reader.events(['/'], 0, T0 * 2, 9)).toEqual([]);
      expect(under.reader.gaps(0, T0 * 2)).toEqual([]);
      expect(under.reader.latency({ points: 1, from: 0, to: T0 * 2 }, ['/']).queues).toEqual([]);
      under = under.reopen();
      store = under;
      expect(under.writer.append(factsOfShop())).toBe(7);
      expect(letters(under, { header: ['tenant'] })).toBe('cb');
    });

    test.each([1_000, 3, 1])(
      'of what is old keeps the rest whole, with %i facts in a segment',
      (segmentFacts) => {
        let under = filled(segmentFacts);
        const before = T0 + 3_500; // between the publish and the delivery of d
        expect(under.writer.purge(before)).toBe(4);
        for (const again of [false, true]) {
          if (again) under = under.reopen();
          store = under;
          expect(letters(under, {}, ['/', 'two'])).toBe('dfe');
          expect(under.reader.journeyFacts('message:d', 5)).toHaveLength(1);
          expect(under.reader.list({ limit: 1 }, ['/']).journeys[0]).toMatchObject({
            id: 'message:d',
            firstAt: T0 + 9_000,
            deliveries: 1,
          });
          expect(letters(under, { key: 'order.#' })).toBe('');
          expect(letters(under, { header: ['a=b'] })).toBe('');
          expect(letters(under, { queue: 'mail' })).toBe('d');
          expect(under.reader.find('a', 5)).toEqual([]);
          expect(under.writer.size()).toMatchObject({ facts: 3 });
          expect(under.reader.size().facts).toBe(3);
          expect(under.reader.events(['/'], 0, T0 * 2, 9).map((e) => e.id)).toEqual(['new']);
        }
        expect(under.writer.append([factOf({ ids: { messageId: 'z' }, at: T0 + 10_000 })])).toBe(1);
        expect(letters(under, { q: 'z' })).toBe('z');
        expect(under.writer.purge(0)).toBe(0);
        expect(under.writer.size().facts).toBe(4);
      },
    );
  });

  test('what was purged is not taken for what came after it', () => {
    const under = opened();
    const both = (letter: string) => ({ messageId: letter, correlationId: `c-${letter}` });
    under.writer.append([
      factOf({ ids: both('a'), at: T0 + 10 }),
      factOf({ ids: both('b'), at: T0, exchange: 'gone' }),
    ]);
    expect(under.reader.find('b', 5)).toHaveLength(1);
    expect(under.writer.purge(T0 + 5)).toBe(1);
    under.writer.append([factOf({ ids: both('z'), at: T0 + 20 })]);
    expect(under.reader.find('b', 5)).toEqual([]);
    expect(under.reader.list({ limit: 5, q: 'b' }, ['/']).journeys).toEqual([]);
    expect(under.reader.list({ limit: 5, exchange: 'gone' }, ['/']).journeys).toEqual([]);
    expect(under.reader.find('z', 5)).toHaveLength(1);
  });

  test('new limits hold from the next look on', () => {
    let now = T0;
    const under = opened({ clock: () => now });
    under.writer.append([factOf()]);
    now += 500;
    under.writer.setLimits({ limitBytes: 2 ** 26, maxAgeMs: 1_000 });
    expect(under.reader.size().limitBytes).toBe(2 ** 26);
    expect(under.writer.retain(now)).toBe(0);
    now += 1_500;
    expect(under.writer.retain(now)).toBe(0); // what is written to now is closed, and old a second later
    now += 1_500;
    expect(under.writer.retain(now)).toBe(1);
    expect(letters(under, {})).toBe('');
  });
}

/** Within the width of a bucket. */
function near(value: number | null | undefined, wanted: number): void {
  expect(value).toBeGreaterThan(wanted * 0.91);
  expect(value).toBeLessThan(wanted * 1.09);
}
