import { describe, expect, test } from 'vitest';
import { binding, exchange, queue, snapshot } from '../../test/build.ts';
import type { Queue } from './broker.ts';
import { deadLetterTopology } from './dead-letter-topology.ts';

const dead = (
  exchangeName: string,
  routingKey: string | null = null,
  more: Partial<NonNullable<Queue['deadLetter']>> = {},
) => ({ deadLetter: { exchange: exchangeName, routingKey, from: 'argument' as const, ...more } });
const words = (s: ReturnType<typeof deadLetterTopology>) => s.lost.map((l) => l.words);

describe('dead letters with a routing key of their own', () => {
  test('by argument and by policy end in the queue bound for that key', () => {
    //  billing ──✕──▶ dlx ─ billing.failed ─▶ parked      (argument)
    //  mail    ──✕──▶ dlx ─ mail.failed ────▶ mail-later  (policy)
    const found = deadLetterTopology(
      snapshot({
        queues: [
          queue('billing', dead('dlx', 'billing.failed')),
          queue('mail', dead('dlx', 'mail.failed', { from: 'policy' })),
          queue('parked'),
          queue('mail-later'),
        ],
        exchanges: [exchange('dlx')],
        bindings: [binding('dlx', 'billing.failed', 'parked'), binding('dlx', 'mail.failed', 'mail-later')],
      }),
    );
    expect(found.queues).toEqual([
      {
        vhost: '/',
        queue: 'parked',
        retry: false,
        origins: [{ queue: 'billing', exchange: 'dlx', routingKey: 'billing.failed', from: 'argument' }],
      },
      {
        vhost: '/',
        queue: 'mail-later',
        retry: false,
        origins: [{ queue: 'mail', exchange: 'dlx', routingKey: 'mail.failed', from: 'policy' }],
      },
    ]);
    expect(found.lost).toEqual([]);
    expect(found.exchanges).toEqual([
      { vhost: '/', exchange: 'dlx', type: 'direct', keys: ['billing.failed', 'mail.failed'] },
    ]);
  });

  test('through the default exchange end in the queue of that name, which no tap can copy', () => {
    const found = deadLetterTopology(
      snapshot({ queues: [queue('a', dead('', 'given-up')), queue('given-up')] }),
    );
    expect(found.queues).toMatchObject([{ queue: 'given-up', origins: [{ queue: 'a', exchange: '' }] }]);
    expect(found.lost).toEqual([]);
    expect(found.exchanges).toEqual([{ vhost: '/', exchange: '', type: 'direct', keys: [] }]);
  });

  test('vanish when the default exchange has no such queue', () => {
    const found = deadLetterTopology(snapshot({ queues: [queue('a', dead('', 'nobody'))] }));
    expect(words(found)[0]).toContain('No queue is named "nobody"');
  });

  test('vanish when the exchange does not exist', () => {
    const found = deadLetterTopology(
      snapshot({ queues: [queue('a', dead('gone', 'k', { from: 'policy' }))] }),
    );
    expect(found.queues).toEqual([]);
    expect(found.exchanges).toEqual([]);
    expect(words(found)[0]).toMatch(/^Exchange gone does not exist.*correct its policy/);
  });

  test('vanish when no binding matches', () => {
    const found = deadLetterTopology(
      snapshot({
        queues: [queue('a', dead('dlx', 'k')), queue('dlq')],
        exchanges: [exchange('dlx')],
        bindings: [binding('dlx', 'other', 'dlq')],
      }),
    );
    expect(words(found)[0]).toContain('takes routing key "k"');
    // The tap asks for the key all the same: a lost letter is then seen at least by Hoplight.
    expect(found.exchanges[0]?.keys).toEqual(['other', 'k']);
  });

  test('are saved by an alternate exchange, which a tap must not starve', () => {
    const found = deadLetterTopology(
      snapshot({
        queues: [queue('a', dead('dlx', 'k')), queue('dlq'), queue('rest')],
        exchanges: [exchange('dlx', 'direct', { alternate: 'alt' }), exchange('alt', 'fanout')],
        bindings: [binding('dlx', 'other', 'dlq'), binding('alt', '', 'rest')],
      }),
    );
    expect(found.queues.map((q) => q.queue)).toEqual(['rest']);
    expect(found.lost).toEqual([]);
    expect(found.exchanges[0]?.keys).toEqual(['other']);
  });
});

describe('dead letters that keep their own keys', () => {
  test('are told apart by the keys that their queues are bound with', () => {
    const found = deadLetterTopology(
      snapshot({
        queues: [
          queue('billing', dead('dlx')),
          queue('mail', dead('dlx')),
          queue('billing-dead'),
          queue('mail-dead'),
        ],
        exchanges: [exchange('orders'), exchange('dlx', 'topic')],
        bindings: [
          binding('orders', 'order.created', 'billing'),
          binding('orders', 'mail.send', 'mail'),
          binding('dlx', 'order.#', 'billing-dead'),
          binding('dlx', 'mail.#', 'mail-dead'),
        ],
      }),
    );
    const by = Object.fromEntries(found.queues.map((q) => [q.queue, q.origins.map((o) => o.queue)]));
    expect(by).toEqual({ 'billing-dead': ['billing'], 'mail-dead': ['mail'] });
    expect(found.lost).toEqual([]);
    expect(found.exchanges[0]?.keys).toEqual(['#']);
  });

  test('are lost for that key alone which nothing takes', () => {
    const found = deadLetterTopology(
      snapshot({
        queues: [queue('a', dead('dlx')), queue('dlq')],
        exchanges: [exchange('x'), exchange('dlx')],
        bindings: [binding('x', 'one', 'a'), binding('x', 'two', 'a'), binding('dlx', 'one', 'dlq')],
      }),
    );
    expect(found.queues.map((q) => q.queue)).toEqual(['dlq']);
    expect(words(found)[0]).toContain('takes routing key "two": the broker drops those dead letters');
  });

  test('with a pattern are not called lost while some key of it may find a queue', () => {
    const found = deadLetterTopology(
      snapshot({
        queues: [queue('a', dead('dlx')), queue('dlq')],
        exchanges: [exchange('x', 'topic'), exchange('dlx', 'topic')],
        bindings: [binding('x', 'order.*', 'a'), binding('dlx', '*.created', 'dlq')],
      }),
    );
    expect(found.lost).toEqual([]);
    expect(found.queues.map((q) => q.queue)).toEqual(['dlq']);
  });

  test('and come through the default exchange bear their queue name', () => {
    const s = snapshot({
      queues: [queue('a', dead('dlx')), queue('dlq')],
      exchanges: [exchange('dlx')],
      bindings: [binding('dlx', 'a', 'dlq')],
    });
    expect(deadLetterTopology(s).queues.map((q) => q.queue)).toEqual(['dlq']);
    const circle = deadLetterTopology(snapshot({ queues: [queue('a', dead(''))] }));
    expect(words(circle)[0]).toContain('back into this queue');
    expect(circle.queues).toEqual([]);
  });
});

test('a retry loop is told from the queue where messages are given up', () => {
  //  work ──✕──▶ retry ──▶ wait (TTL) ──✕──▶ orders ──▶ work      parked: nothing comes back from it
  //  other ──✕──▶ final ──▶ parked
  const found = deadLetterTopology(
    snapshot({
      queues: [
        queue('work', dead('retry')),
        queue('wait', { ...dead('orders'), limits: { ...queue('').limits, messageTtlMs: 5_000 } }),
        queue('other', dead('final')),
        queue('parked'),
      ],
      exchanges: [exchange('orders'), exchange('retry', 'fanout'), exchange('final', 'fanout')],
      bindings: [
        binding('orders', 'k', 'work'),
        binding('retry', '', 'wait'),
        binding('final', '', 'parked'),
      ],
    }),
  );
  const retry = Object.fromEntries(found.queues.map((q) => [q.queue, q.retry]));
  // wait keeps every key (fanout), so 'k' may be among them.
  expect(retry).toEqual({ wait: true, work: true, parked: false });
});

test('a work queue that gets only what waited out its time elsewhere is on the way, not at the end', () => {
  //  a service itself sends to wait (TTL, nobody consumes) ──expired──▶ work, which is consumed
  //  mail (TTL, consumed) ──expired──▶ mail.dead, which nobody consumes
  const limits = { ...queue('').limits, messageTtlMs: 5_000 };
  const found = deadLetterTopology(
    snapshot({
      queues: [
        queue('wait', { ...dead('', 'work'), limits, consumers: 0 }),
        queue('work'),
        queue('mail', { ...dead('', 'mail.dead'), limits }),
        queue('mail.dead', { consumers: 0 }),
      ],
    }),
  );
  expect(Object.fromEntries(found.queues.map((q) => [q.queue, q.retry]))).toEqual({
    work: true,
    'mail.dead': false,
  });
});

test('a policy that gives every queue a DLX does not make the dead-letter queue a retry loop', () => {
  //  work ──✕──▶ dlx ──▶ dlq ──✕──▶ dlx ──▶ dlq …  nothing ever leaves dlq, with a TTL or without
  for (const messageTtlMs of [null, 60_000]) {
    const limits = { ...queue('').limits, messageTtlMs };
    const found = deadLetterTopology(
      snapshot({
        queues: [queue('work', { ...dead('dlx'), limits }), queue('dlq', { ...dead('dlx'), limits })],
        exchanges: [exchange('dlx', 'fanout')],
        bindings: [binding('dlx', '', 'dlq')],
      }),
    );
    expect(found.queues).toMatchObject([{ queue: 'dlq', retry: false }]);
  }
});

test("Hoplight's own taps neither receive dead letters nor save them", () => {
  const found = deadLetterTopology(
    snapshot({
      queues: [queue('a', dead('dlx', 'k')), queue('hoplight.tap.1')],
      exchanges: [exchange('dlx', 'fanout')],
      bindings: [binding('dlx', '', 'hoplight.tap.1')],
    }),
  );
  expect(found.queues).toEqual([]);
  expect(found.lost).toHaveLength(1);
});

test('a queue that holds its dead letters back (at-least-once) keeps doing so beside a tap', () => {
  const found = deadLetterTopology(
    snapshot({
      queues: [queue('a', dead('dlx', 'k', { strategy: 'at-least-once' }))],
      exchanges: [exchange('dlx', 'topic')],
    }),
  );
  expect(found.exchanges).toEqual([{ vhost: '/', exchange: 'dlx', type: 'topic', keys: [] }]);
});

test('nothing is said to be lost while the bindings could not be read', () => {
  const found = deadLetterTopology(
    snapshot({
      queues: [queue('a', dead('dlx', 'k'))],
      missing: [{ what: 'bindings', why: 'timeout', since: 0, mend: '' }],
    }),
  );
  expect(found.lost).toEqual([]);
});

test('vhosts do not mix', () => {
  const found = deadLetterTopology(
    snapshot({
      queues: [queue('a', { vhost: 'one', ...dead('dlx', 'k') }), queue('dlq', { vhost: 'two' })],
      exchanges: [exchange('dlx', 'fanout', { vhost: 'two' })],
      bindings: [binding('dlx', '', 'dlq', { vhost: 'two' })],
    }),
  );
  expect(found.queues).toEqual([]);
  expect(words(found)[0]).toContain('dlx does not exist');
});

test('ten thousand queues with one DLX are read off within the patience of a test', () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `q${i}`);
  const s = snapshot({
    queues: [...names.map((n) => queue(n, dead('dlx'))), queue('dlq')],
    exchanges: [exchange('x', 'topic'), exchange('dlx', 'topic')],
    bindings: [...names.map((n) => binding('x', n, n)), binding('dlx', '#', 'dlq')],
  });
  expect(deadLetterTopology(s).queues[0]?.origins).toHaveLength(10_000);
});

describe('rings', () => {
  const ttl = { limits: { ...queue('x').limits, messageTtlMs: 1_000 } };
  const named = (queues: Queue[]) => deadLetterTopology(snapshot({ queues })).rings.map((r) => r.queues);

  test('of queues that all let messages expire are found, once, whatever the order of the snapshot', () => {
    //  a (ttl) ──✕──▶ b (ttl) ──✕──▶ c (ttl) ──✕──▶ a
    const ring = [
      queue('b', { ...dead('', 'c'), ...ttl }),
      queue('a', { ...dead('', 'b'), ...ttl }),
      queue('c', { ...dead('', 'a'), ...ttl }),
    ];
    expect(named(ring)).toEqual([['a', 'b', 'c']]);
    expect(named([...ring].reverse())).toEqual([['a', 'b', 'c']]);
    expect(deadLetterTopology(snapshot({ queues: ring })).rings[0]?.words).toMatch(/a → b → c → a/);
  });

  test('count a limit that pushes out the oldest, not one that rejects', () => {
    const limited = (overflow: string | null) => ({
      limits: { ...queue('x').limits, maxLength: 5, overflow },
    });
    const of = (overflow: string | null) =>
      named([
        queue('a', { ...dead('', 'b'), ...ttl }),
        queue('b', { ...dead('', 'a'), ...limited(overflow) }),
      ]);
    expect(of(null)).toEqual([['a', 'b']]);
    expect(of('reject-publish')).toEqual([]);
  });

  test('are none where a consumer must reject on the way, or where one way leads out only', () => {
    const retry = [queue('work', dead('', 'wait')), queue('wait', { ...dead('', 'work'), ...ttl })];
    expect(named(retry)).toEqual([]);
    expect(named([queue('a', { ...dead('', 'b'), ...ttl }), queue('b', ttl)])).toEqual([]);
  });
});
