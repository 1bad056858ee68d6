/**
 * What every engine of the fact store and of the state store must do, whatever it is made of. An engine's own test calls
 * `factStoreContract`, `searchContract` and `stateStoreContract` with a way to open a fresh store; see sqlite/sqlite.db.test.ts.
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { Fact } from '../model/fact.ts';
import { deathOf, factOf } from './fact-samples.ts';
import type { FactReader, FactWriter } from './facts.ts';

export { stateStoreContract } from './contract-state.ts';

export interface FactStoreUnderTest {
  writer: FactWriter;
  reader: FactReader;
  /** Closes the writer, without having been asked to finish anything, and opens it again on the same data. */
  reopen(): FactStoreUnderTest;
  destroy(): void;
}

export interface FactStoreLimits {
  limitBytes?: number;
  maxAgeMs?: number;
  segmentFacts?: number;
  clock?: () => number;
}

const T0 = 1_700_000_000_000;
const all = { limit: 50 };

export function factStoreContract(open: (limits?: FactStoreLimits) => FactStoreUnderTest): void {
  let store: FactStoreUnderTest | null = null;
  const opened = (limits?: FactStoreLimits) => {
    store = open(limits);
    return store;
  };
  afterEach(() => {
    store?.destroy();
    store = null;
  });

  describe('facts', () => {
    test('come back as they went in, in order of time, whatever order they came in', () => {
      const { writer, reader } = opened();
      const message: Fact['message'] = {
        properties: { messageId: 'm-1', timestamp: 1_700_000_000 },
        headers: [
          { name: '__proto__', type: 'S', value: 'text' },
          { name: 'n', type: 'l', value: '9007199254740993' },
          { name: 'n', type: 'F', value: { a: [1, null] } },
        ],
        body: { size: 5, data: Buffer.from([0, 255, 128, 10, 39]).toString('base64'), truncated: false },
      };
      const late = factOf({ at: T0 + 2.5, kind: 'delivered', queue: 'orders', message });
      const early = factOf({
        at: T0,
        message: { ...message, body: { size: 9, data: null, truncated: true } },
      });
      expect(writer.append([late, early])).toBe(2);
      expect(reader.journeyFacts('message:m-1', 10)).toEqual([early, late]);
      expect(reader.journeyFacts('message:m-1', 1)).toEqual([early]);
      expect(reader.journeyFacts('message:other', 10)).toEqual([]);
    });

    test('with an ID seen before are not stored twice: in the batch, later, in another segment, after a restart', () => {
      const under = opened({ segmentFacts: 2 });
      const got = () => factOf({ kind: 'delivered', queue: 'orders' });
      const [a, b, c, d] = [got(), got(), got(), got()];
      expect(under.writer.append([a, a])).toBe(1);
      expect(under.writer.append([a, b])).toBe(1);
      expect(under.writer.append([c])).toBe(1);
      const again = under.reopen();
      expect(again.writer.append([a, b, c, d])).toBe(1);
      expect(again.reader.journeyFacts('message:m-1', 10)).toHaveLength(4);
      expect(again.reader.list(all, ['/']).journeys[0]?.deliveries).toBe(4);
      store = again;
    });

    test('are found by each of their identifiers, and by the key of their journey', () => {
      const { writer, reader } = opened({ segmentFacts: 1 });
      const ids = {
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        xTraceId: 'Shop-77',
        correlationId: 'c 1',
        messageId: "o'1",
        replayId: 'job.7',
      };
      writer.append([factOf({ ids }), factOf({ ids: { messageId: 'other' } })]);
      writer.append([factOf({ ids: { correlationId: 'c 1' }, at: T0 + 5 })]);
      const journey = `trace:${ids.traceId}`;
      for (const id of [...Object.values(ids), journey])
        expect(reader.find(id, 10).map((j) => j.id)).toContain(journey);
      expect(reader.find('c 1', 10).map((j) => j.id)).toEqual(['correlation:c 1', journey]);
      expect(reader.find('c 1', 1).map((j) => j.id)).toEqual(['correlation:c 1']);
      for (const id of [
        '',
        'nothing',
        '%',
        '4bf92f',
        "' OR 1=1 --",
        '\u0000',
        '__proto__',
        'x'.repeat(10_000),
      ])
        expect(reader.find(id, 10)).toEqual([]);
    });
  });

  describe('the list of journeys', () => {
    test('runs from newest to oldest, page by page, without loss or repetition', () => {
      const { writer, reader } = opened({ segmentFacts: 7 });
      const facts = Array.from({ length: 23 }, (_, i) =>
        factOf({ ids: { messageId: `m${i}` }, at: T0 + Math.floor(i / 2) }),
      );
      for (const fact of facts) writer.append([fact]);
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let pages = 0; pages < 10; pages++) {
        const page = reader.list({ limit: 5, cursor }, ['/']);
        expect(page.journeys.length).toBeLessThanOrEqual(5);
        seen.push(...page.journeys.map((j) => j.id));
        if (page.next === null) break;
        cursor = page.next;
      }
      expect([...seen].sort()).toEqual(facts.map((f) => f.journey).sort());
      expect(seen.slice(0, 1)).toEqual(['message:m22']);
      expect(() => reader.list({ limit: 5, cursor: 'no cursor' }, ['/'])).toThrow('cursor');
    });

    test('is filtered by vhost, queue, status and text; nobody sees another vhost', () => {
      const { writer, reader } = opened();
      const in2 = { vhost: 'two', exchange: 'ex2' };
      writer.append([
        factOf({ ids: { messageId: 'a' } }),
        factOf({ ids: { messageId: 'b' }, at: T0 + 1 }),
        factOf({ ids: { messageId: 'b' }, at: T0 + 2, kind: 'delivered', queue: 'orders' }),
        factOf({ ids: { messageId: 'c' }, at: T0 + 3, ...in2, routedQueues: ['orders', 'q"2\n'] }),
        // one journey, two vhosts: each reader sees its own part
        factOf({ ids: { messageId: 'a' }, at: T0 + 4, ...in2, routedQueues: ['secret'] }),
        deathOf({ ids: { messageId: 'd' }, at: T0 + 5, error: '100 % "gone"' }),
      ]);
      const ids = (query: object, vhosts = ['/', 'two']) =>
        reader.list({ ...all, ...query }, vhosts).journeys.map((j) => `${j.vhost} ${j.id.slice(8)}`);
      expect(ids({})).toEqual(['/ d', 'two a', 'two c', '/ b', '/ a']);
      expect(ids({}, ['/'])).toEqual(['/ d', '/ b', '/ a']);
      expect(ids({}, [])).toEqual([]);
      expect(ids({ vhost: 'two' })).toEqual(['two a', 'two c']);
      expect(ids({ vhost: 'two' }, ['/'])).toEqual([]);
      expect(ids({ queue: 'secret' }, ['/'])).toEqual([]);
      expect(ids({ queue: 'order' })).toEqual([]);
      expect(ids({ queue: 'q"2\n' })).toEqual(['two c']);
      expect(ids({ status: 'dead' })).toEqual(['/ d']);
      expect(ids({ status: 'delivered' })).toEqual(['/ b']);
      expect(ids({ q: '100 % "gone"' })).toEqual(['/ d']);
      expect(ids({ q: 'ex2' })).toEqual(['two a', 'two c']);
      expect(ids({ q: 'firstAt' })).toEqual([]);
    });

    test('moves a journey up when it goes on, and counts all of it across segments and restarts', () => {
      let under = opened({ segmentFacts: 1 });
      under.writer.append([factOf({ ids: { messageId: 'a' }, at: T0 })]);
      under.writer.append([factOf({ ids: { messageId: 'b' }, at: T0 + 1 })]);
      under = under.reopen();
      store = under;
      under.writer.append([
        factOf({ ids: { messageId: 'a' }, at: T0 + 2, kind: 'delivered', queue: 'orders' }),
        factOf({
          ids: { messageId: 'a' },
          at: T0 + 3,
          kind: 'delivered',
          queue: 'orders',
          redelivered: true,
        }),
      ]);
      const [first, second] = under.reader.list(all, ['/']).journeys;
      expect(first).toMatchObject({
        id: 'message:a',
        firstAt: T0,
        lastAt: T0 + 3,
        deliveries: 2,
        queues: ['orders'],
      });
      expect(second?.id).toBe('message:b');
    });
  });

  test('journeys are counted by vhost and status, as they come, change, and are forgotten', () => {
    const { writer, reader } = opened();
    const counts = () =>
      reader.journeyCounts().flatMap((c) => (c.count === 0 ? [] : [`${c.vhost} ${c.status} ${c.count}`]));
    expect(counts()).toEqual([]);
    const ids = (messageId: string) => ({ ids: { messageId } });
    writer.append([factOf({ at: T0 }), factOf({ at: T0 + 10, vhost: 'v', ...ids('m-2') })]);
    writer.append([factOf({ at: T0 + 20, ...ids('m-3') })]);
    const listed = () =>
      ['/', 'v'].flatMap((vhost) => reader.list(all, [vhost]).journeys.map((j) => `${vhost} ${j.status}`));
    const tally = (names: string[]) =>
      [...new Set(names)].sort().map((name) => `${name} ${names.filter((n) => n === name).length}`);
    expect(counts()).toEqual(tally(listed()));
    writer.append([
      factOf({ at: T0 + 30, kind: 'delivered', queue: 'orders' }),
      deathOf({ at: T0 + 40, ...ids('m-3') }),
    ]);
    expect(counts()).toEqual(tally(listed()));
    expect(counts()).toHaveLength(3);
    writer.purge(T0 + 35);
    expect(counts()).toEqual(tally(listed()));
    expect(counts()).toHaveLength(1);
    writer.purge(null);
    expect(counts()).toEqual([]);
  });

  describe('deaths', () => {
    test('are counted by where and why, with a trend, only as a dead-letter tap saw them', () => {
      const now = T0 + 600_000;
      const { writer, reader } = opened({ clock: () => now });
      writer.append([
        deathOf({ ids: { messageId: 'a' }, at: T0 + 1_000 }),
        deathOf({ ids: { messageId: 'b' }, at: T0 + 599_000 }),
        deathOf({ ids: { messageId: 'c' }, at: T0 + 599_500, error: 'no stock' }),
        deathOf({ ids: { messageId: 'd' }, at: T0 + 599_500, vhost: 'two' }),
        deathOf({ ids: { messageId: 'a' }, at: T0 + 1_000, source: 'x-death' }),
      ]);
      const counts = reader.deaths(['/'], T0, 10);
      const plain = {
        vhost: '/',
        exchange: 'dlx',
        routingKey: 'orders',
        originQueue: 'orders',
        reason: 'rejected',
      };
      expect(counts).toEqual([
        { ...plain, error: 'no stock', count: 1, firstAt: T0 + 599_500, lastAt: T0 + 599_500, trend: at(9) },
        { ...plain, error: null, count: 2, firstAt: T0 + 1_000, lastAt: T0 + 599_000, trend: at(0, 9) },
      ]);
      expect(reader.deaths(['/'], T0 + 300_000, 1).map((d) => d.count)).toEqual([1, 1]);
    });
  });

  describe('gaps', () => {
    test('open, close, and are answered where they touch', () => {
      const { writer, reader } = opened();
      const gap = {
        id: 'g',
        vhost: '/',
        from: T0,
        to: null,
        kind: 'tap-off' as const,
        reason: 'away',
        missing: null,
      };
      writer.putGap(gap);
      expect(writer.openGaps()).toEqual([gap]);
      expect(reader.gaps(T0 + 5, T0 + 6)).toEqual([gap]);
      writer.putGap({ ...gap, to: T0 + 4, missing: 3 });
      expect(writer.openGaps()).toEqual([]);
      expect(reader.gaps(T0 + 5, T0 + 6)).toEqual([]);
      expect(reader.gaps(T0 - 9, T0)).toEqual([{ ...gap, to: T0 + 4, missing: 3 }]);
    });

    test('know since when nobody listened, and settings outlive the writer', () => {
      const under = opened();
      expect(under.writer.lastHeartbeat()).toBeNull();
      under.writer.heartbeat(T0);
      under.writer.putSetting('tap /', 'off');
      const again = under.reopen();
      store = again;
      expect(again.writer.lastHeartbeat()).toBe(T0);
      expect(again.writer.setting('tap /')).toBe('off');
      expect(again.writer.setting('never')).toBeNull();
    });
  });

  describe('retention', () => {
    test('forgets the oldest by age, with their journeys, and keeps what still has facts', () => {
      let now = T0;
      const { writer, reader } = opened({ maxAgeMs: 3_600_000, clock: () => now });
      writer.append([
        factOf({ ids: { messageId: 'old' }, at: now }),
        factOf({ ids: { messageId: 'long' }, at: now }),
      ]);
      now += 3_700_000;
      writer.append([
        factOf({ ids: { messageId: 'long' }, at: now }),
        factOf({ ids: { messageId: 'new' }, at: now }),
      ]);
      expect(reader.list(all, ['/']).journeys).toHaveLength(3);
      now += 3_500_000;
      expect(writer.retain(now)).toBe(0);
      now += 200_000;
      expect(writer.retain(now)).toBe(2);
      expect(
        reader
          .list(all, ['/'])
          .journeys.map((j) => j.id)
          .sort(),
      ).toEqual(['message:long', 'message:new']);
      expect(reader.find('old', 5)).toEqual([]);
      expect(reader.journeyFacts('message:long', 5)).toHaveLength(1);
      expect(writer.size()).toMatchObject({ facts: 2, oldestAt: T0 + 3_700_000 });
      expect(reader.size()).toMatchObject({ facts: 2, oldestAt: T0 + 3_700_000 });
    });

    test('keeps the store under its limit of bytes', () => {
      const limitBytes = 4 * 2 ** 20;
      const { writer, reader } = opened({ limitBytes, segmentFacts: 1_000_000 });
      const body = { size: 4_000, data: Buffer.alloc(4_000, 7).toString('base64'), truncated: false };
      let stored = 0;
      let gone = 0;
      for (let i = 0; i < 40; i++) {
        const batch = Array.from({ length: 50 }, (_, n) =>
          factOf({
            ids: { messageId: `${i}.${n}` },
            at: T0 + i,
            message: { properties: {}, headers: [], body },
          }),
        );
        stored += writer.append(batch);
        gone += writer.retain(T0 + i);
        expect(writer.size().bytes).toBeLessThanOrEqual(limitBytes * 1.25);
      }
      expect(gone).toBeGreaterThan(0);
      expect(writer.size().facts).toBe(stored - gone);
      expect(reader.size()).toEqual(writer.size());
      expect(reader.find('39.49', 1)).toHaveLength(1);
      expect(reader.find('0.0', 1)).toEqual([]);
    });
  });
}

function at(...slices: number[]): number[] {
  return Array.from({ length: 10 }, (_, i) => slices.filter((s) => s === i).length);
}
