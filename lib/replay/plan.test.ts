import { describe, expect, it } from 'vitest';
import { binding, exchange, queue, snapshot } from '../../test/build.ts';
import type { Queue, Snapshot } from '../model/broker.ts';
import { type ReplayRequest, replayRequestSchema } from '../model/replay.ts';
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
