import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binding, exchange, queue, snapshot } from '../../test/build.ts';
import type { Queue, Snapshot } from '../model/broker.ts';
import { type ReplayRequest, replayRequestSchema } from '../model/replay.ts';
import { cameBack } from './copy.ts';
import { makePlan } from './plan.ts';
import { type Asked, addressKey } from './plan-input.ts';
import type { Entry } from './selection.ts';

const entry = (id: string, more: Partial<Entry> = {}): Entry => ({
  id,
  key: id,
  cause: 'c',
  journey: 'message:m',
  ids: {},
  originQueue: 'billing',
  address: { exchange: '', routingKey: 'billing' },
  origin: { queue: 'billing', first: 'billing', evidence: 'x-death: it died last in billing (rejected)' },
  changes: {
    cc: false,
    deaths: true,
    counters: false,
    counts: false,
    userId: false,
    expiration: false,
    persistent: false,
  },
  bytes: 10,
  parts: false,
  packed: false,
  transient: false,
  expiration: null,
  hadExpiration: false,
  replays: 0,
  sameDeaths: 1,
  ...more,
});
const dead = queue('dead', { ready: 2, total: 2, consumers: 0 });
const limits = (more: Partial<Queue['limits']>) => ({ limits: { ...queue('x').limits, ...more } });

interface World {
  request?: Partial<ReplayRequest>;
  world?: Partial<Snapshot>;
  entries?: Entry[];
  inQueue?: number;
  consumers?: number;
  asked?: Partial<Asked>;
}

/** The broker lets the user write wherever copies go. */
const allowed = (entries: readonly Entry[]): Asked => ({
  mayWrite: new Map(
    entries.flatMap(({ address }) => ('cannot' in address ? [] : [[addressKey(address), 'yes']])),
  ),
  ready: new Map(),
});

function planOf(o: World = {}) {
  const entries = o.entries ?? [entry('a'), entry('b')];
  return makePlan({
    request: replayRequestSchema.parse({ vhost: '/', queue: 'dead', ...o.request }),
    snapshot: snapshot({ queues: [dead, queue('billing', { total: 0 })], ...o.world }),
    queue: dead,
    index: {
      entries,
      read: entries.length,
      inQueue: o.inQueue ?? entries.length,
      consumers: o.consumers ?? 0,
      weakest: null,
    },
    asked: { ...allowed(entries), ...o.asked },
    exportDays: 30,
    now: 7,
  });
}
const codes = (plan: ReturnType<typeof planOf>) => plan.warnings.map((w) => `${w.level} ${w.code}`);

describe('a plan', () => {
  it('of a healthy world warns of nothing and names its one target with what it reaches', () => {
    const plan = planOf();
    expect(plan).toMatchObject({ selected: 2, inQueue: 2, exact: true, keepsOrder: false, plannedAt: 7 });
    expect(plan.targets).toEqual([
      {
        exchange: '',
        routingKey: 'billing',
        messages: 2,
        reaches: [{ queue: 'billing', type: 'classic', consumers: 1, depth: 0, ackRate: 0 }],
        mayWrite: 'yes',
      },
    ]);
    expect(codes(plan)).toEqual([]);
    expect(plan.changes.map((c) => [c.field, c.messages])).toEqual([
      ['x-replay-id, x-replay-count, x-replay-of', 2],
      ['x-death', 2],
    ]);
  });

  it('counts nothing that it did not read', () => {
    const plan = planOf({ inQueue: 50_000 });
    expect(plan).toMatchObject({ selected: 50_000, exact: false });
    expect(plan.targets[0]?.messages).toBeNull();
    expect(plan.changes[0]?.messages).toBeNull();
  });

  const cases: [string, World, string][] = [
    ['the origin is gone', { world: { queues: [dead] } }, 'refuse target_missing'],
    [
      'it leads back into itself',
      { entries: [entry('a', { address: { exchange: '', routingKey: 'dead' } })] },
      'refuse target_is_source',
    ],
    ['others consume', { consumers: 2 }, 'refuse source_consumed'],
    ['nothing is there', { entries: [] }, 'refuse nothing_selected'],
    [
      'the target is a stream',
      { world: { queues: [dead, queue('billing', { type: 'stream' })] } },
      'refuse target_stream',
    ],
    ['nothing can be moved', { entries: [entry('a', { address: { cannot: 'why' } })] }, 'refuse cannot_move'],
    [
      'some cannot be moved',
      { entries: [entry('a'), entry('b', { address: { cannot: 'why' } })] },
      'note cannot_move',
    ],
    [
      'the target drops its oldest',
      { world: { queues: [dead, queue('billing', { total: 0, ...limits({ maxLength: 2 }) })] } },
      'consent drop_head',
    ],
    [
      'the target rejects more',
      {
        world: {
          queues: [
            dead,
            queue('billing', { total: 2, ready: 2, ...limits({ maxLength: 2, overflow: 'reject-publish' }) }),
          ],
        },
      },
      'note target_full',
    ],
    [
      'nobody consumes',
      { world: { queues: [dead, queue('billing', { consumers: 0 })] } },
      'note no_consumers',
    ],
    ['it is not persistent', { entries: [entry('a', { transient: true })] }, 'note transient'],
    ['it expires soon', { entries: [entry('a', { expiration: '500' })] }, 'consent expiration_small'],
    ['it cannot expire any more', { entries: [entry('a', { hadExpiration: true })] }, 'note expiration_gone'],
    ['it died so before', { entries: [entry('a', { sameDeaths: 3 })] }, 'note died_before'],
  ];
  it.each(cases)('when %s says so', (_, world, code) => {
    expect(codes(planOf(world))).toContain(code);
  });

  it('asks for consent where an alternate exchange could take copies, whether or not it would now', () => {
    const world = {
      queues: [dead, queue('billing'), queue('other')],
      exchanges: [exchange('orders', 'direct', { alternate: 'spare' }), exchange('spare', 'fanout')],
      bindings: [binding('spare', '', 'other'), binding('orders', 'paid', 'billing')],
    };
    for (const routingKey of ['nowhere', 'paid']) {
      const address = { exchange: 'orders', routingKey };
      const target = { kind: 'exchange' as const, ...address };
      const plan = planOf({ world, request: { target }, entries: [entry('a', { address })] });
      expect(codes(plan)).toContain('consent alternate_exchange');
    }
  });

  it('of picked messages names those that are gone', () => {
    const plan = planOf({ request: { select: { kind: 'messages', ids: ['a', 'x'] } } });
    expect(plan.selected).toBe(1);
    expect(codes(plan)).toEqual(['note gone']);
  });

  it('refuses on 4.0 what has no lives to spare, and asks where it has', () => {
    const quorum = { ...dead, type: 'quorum' as const };
    const of = (weakest: number | null) =>
      makePlan({
        request: replayRequestSchema.parse({ vhost: '/', queue: 'dead' }),
        snapshot: snapshot({ version: '4.0.5', queues: [quorum, queue('billing')] }),
        queue: quorum,
        index: { entries: [entry('a')], read: 1, inQueue: 1, consumers: 0, weakest },
        asked: allowed([entry('a')]),
        exportDays: 30,
        now: 0,
      });
    expect(codes(of(3))).toEqual(['consent lives']);
    expect(codes(of(19))).toEqual(['refuse source_unreadable']);
  });

  it('plans a deletion without any target: consent is asked for, and it says what is kept and for how long', () => {
    const plan = planOf({ request: { act: 'delete' }, world: { queues: [dead] } });
    expect(plan).toMatchObject({ selected: 2, targets: [], changes: [], stays: [] });
    expect(codes(plan)).toEqual(['consent deletes']);
    expect(plan.warnings[0]?.words).toContain('2 messages of dead are taken out');
    expect(plan.warnings[0]?.words).toContain('for 30 days');
  });
});

describe('what a plan says of each hazard', () => {
  const going = (n: number, more: (i: number) => Partial<Entry> = () => ({})) =>
    Array.from({ length: n }, (_, i) => entry(`m${i}`, more(i)));
  const stuck = (id: string, cannot: string) => entry(id, { address: { cannot } });
  const withTarget = (more: Partial<Queue>) => ({ queues: [dead, queue('billing', more)] });
  const has = (plan: ReturnType<typeof planOf>, code: string) => codes(plan).includes(code);

  it('counts changes over what is sent, and says of the rest why it stays', () => {
    const plan = planOf({ entries: [...going(3), stuck('s1', 'no origin'), stuck('s2', 'no origin')] });
    expect(plan.changes.map((c) => c.messages)).toEqual([3, 3]);
    expect(plan.stays).toEqual([{ words: 'no origin', messages: 2 }]);
    expect(plan.targets[0]?.messages).toBe(3);
  });

  it('gives the same fingerprint to the same selection, and another to any other; none to what was only counted', () => {
    const of = (entries: Entry[], more: World = {}) => planOf({ entries, ...more }).fingerprint;
    expect(of(going(3))).toMatch(/^[0-9a-f]{64}$/);
    expect(of(going(3))).toBe(of(going(3)));
    expect(of(going(3).reverse())).not.toBe(of(going(3)));
    expect(of(going(2))).not.toBe(of(going(3)));
    expect(of(going(3), { inQueue: 9 })).toBeNull();
  });

  it('shows what each origin is read from, and that some have none', () => {
    const loop = { queue: 'wait', first: 'billing', evidence: 'last in wait; first in billing' };
    const plan = planOf({
      entries: [...going(2), entry('l', { origin: loop }), entry('n', { origin: null })],
    });
    expect(plan.origins).toEqual([
      { queue: 'billing', evidence: expect.stringContaining('billing'), messages: 2 },
      { queue: 'wait', evidence: 'last in wait; first in billing', messages: 1 },
      { queue: '', evidence: expect.stringContaining('no x-death'), messages: 1 },
    ]);
    expect(has(plan, 'note origins_differ')).toBe(true);
    const request = { target: { kind: 'queue' as const, queue: 'billing' } };
    expect(has(planOf({ request, entries: [entry('l', { origin: loop })] }), 'note origins_differ')).toBe(
      false,
    );
  });

  it('refuses where the broker says that the user may not write, and says so where it did not answer', () => {
    const asked = (may: 'yes' | 'no' | 'unknown') => ({
      asked: { mayWrite: new Map([[addressKey({ exchange: '', routingKey: 'billing' }), may]]) },
    });
    expect(codes(planOf(asked('yes')))).toEqual([]);
    expect(codes(planOf(asked('no')))).toEqual(['refuse no_write']);
    expect(codes(planOf(asked('unknown')))).toEqual(['note write_unknown']);
    expect(planOf(asked('no')).targets[0]?.mayWrite).toBe('no');
  });

  it('leaves half of the room under a limit to publishers, whatever the figures are', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 30 }), (limit, there, n) => {
        const world = withTarget({ ready: 0, ...limits({ maxLength: limit }) });
        const asked = { ready: new Map([['billing', there]]) };
        const plan = planOf({ entries: going(n), world, asked });
        expect(has(plan, 'consent drop_head')).toBe(n > Math.max(0, limit - there) / 2);
      }),
    );
  });

  it('adds up what several keys bring into one queue, and knows the bytes where it read them all', () => {
    const world = {
      ...withTarget({ ready: 0, bytes: 0, ...limits({ maxLengthBytes: 100 }) }),
      exchanges: [exchange('orders', 'topic')],
      bindings: [binding('orders', '#', 'billing')],
    };
    const of = (bytes: number) =>
      planOf({
        world,
        request: { target: { kind: 'exchange', exchange: 'orders' } },
        entries: going(2, (i) => ({ bytes, address: { exchange: 'orders', routingKey: `k${i}` } })),
      });
    expect(has(of(25), 'consent drop_head')).toBe(false);
    expect(has(of(26), 'consent drop_head')).toBe(true);
  });

  it('asks for consent where what expires at once is gone for good, and notes where it dies again', () => {
    const entries = [entry('a', { expiration: '500' })];
    const dying = { deadLetter: { exchange: 'dlx', routingKey: null, from: 'argument' as const } };
    expect(codes(planOf({ entries }))).toEqual(['consent expiration_small']);
    expect(codes(planOf({ entries, world: withTarget(dying) }))).toEqual(['note expiration_small']);
    expect(codes(planOf({ entries: [entry('a', { expiration: '60000' })] }))).toEqual([]);
  });

  it('tells those that reached the ceiling from those that cannot be sent', () => {
    const back = entry('b', { replays: 10, address: { cannot: cameBack(10) } });
    const plan = planOf({ entries: [entry('a', { replays: 2 }), back, stuck('s', 'why')] });
    expect(codes(plan)).toEqual(['note cannot_move', 'note max_replays', 'note came_back']);
    expect(codes(planOf({ entries: [back] }))).toContain('refuse max_replays');
  });

  it('names a ring that the target is part of; where nobody consumes it asks for consent', () => {
    const ring = (from: string, to: string, consumers: number) =>
      queue(from, {
        consumers,
        deadLetter: { exchange: '', routingKey: to, from: 'argument' },
        ...limits({ messageTtlMs: 100_000 }),
      });
    const of = (consumers: number) =>
      codes(
        planOf({
          world: { queues: [dead, ring('billing', 'later', consumers), ring('later', 'billing', 0)] },
        }),
      );
    expect(of(1)).toEqual(['note ttl_ring']);
    expect(of(0)).toEqual(['consent ttl_ring', 'note no_consumers']);
  });

  const small: [string, World, string][] = [
    [
      'the queue keeps messages for a moment only',
      { world: withTarget(limits({ messageTtlMs: 100 })) },
      'note target_ttl',
    ],
    ['the queue goes at a restart', { world: withTarget({ durable: false }) }, 'note target_not_durable'],
    [
      'the queue has priorities and order is to be kept',
      { world: withTarget({ arguments: { 'x-max-priority': 5 } }), request: { keepOrder: true } },
      'note target_priority',
    ],
    [
      'a body is over what brokers take by default',
      { entries: [entry('a', { bytes: 17 * 2 ** 20 })] },
      'note body_large',
    ],
    [
      'an edited body is not packed as it says',
      { entries: [entry('a', { packed: true })] },
      'note edit_encoding',
    ],
    ['a copy is known by something else', { entries: [entry('a', { parts: true })] }, 'note journey_parts'],
  ];
  it.each(small)('when %s says so', (_, world, code) => {
    expect(codes(planOf(world))).toEqual([code]);
  });

  it('takes a body of 17 MiB for ordinary on 3.x', () => {
    const entries = [entry('a', { bytes: 17 * 2 ** 20 })];
    expect(codes(planOf({ entries, world: { version: '3.13.7' } }))).toEqual([]);
  });

  it('of a move changes no lineage, of an edit names the parts and never a value', () => {
    const move = planOf({ request: { act: 'move', target: { kind: 'queue', queue: 'billing' } } });
    expect(move.changes.map((c) => c.field)).toEqual(['x-death']);
    const edit = {
      headers: { set: [{ name: 'token', type: 'S' as const, value: 's3cret' }], remove: [] },
      properties: { contentType: 's3cret' },
      body: { text: 's3cret' },
    };
    const select = { kind: 'messages' as const, ids: ['a'] };
    const plan = planOf({ request: { edit, select }, entries: [entry('a')] });
    expect(plan.changes.map((c) => c.field)).toEqual(
      expect.arrayContaining(['header token', 'property content-type', 'body', 'x-replay-edited']),
    );
    expect(JSON.stringify(plan)).not.toContain('s3cret');
  });
});
