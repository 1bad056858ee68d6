import { describe, expect, it } from 'vitest';
import { type ReplayRequest, replayRequestSchema } from '../../lib/model/replay.ts';
import { aJob, aPlan, someCounts } from '../../test/build-replay.ts';
import { failureOf } from './replay-client.ts';
import { endOf, inTheWay, listWords, planWords, progressWords } from './replay-words.ts';

const asked = (more: Partial<ReplayRequest>) =>
  replayRequestSchema.parse({ vhost: '/', queue: 'dead', ...more });

describe('the exit code of a replay', () => {
  it('is 0 only when every message made it', () => {
    const all = aJob({
      state: 'done',
      counts: someCounts({ selected: 3, settled: 1, delivered: 1, confirmed: 1 }),
    });
    expect(endOf(all, 'confirmed')?.code).toBe(0);
    expect(endOf(all, 'delivered')?.code).toBe(3);
    expect(endOf(all, 'settled')?.code).toBe(3);
    for (const bad of ['returned', 'skipped', 'diedAgain', 'unknown'] as const)
      expect(
        endOf(aJob({ state: 'done', counts: someCounts({ selected: 2, settled: 1, [bad]: 1 }) }), 'confirmed')
          ?.code,
      ).toBe(3);
    const deleted = aJob({
      state: 'done',
      request: asked({ act: 'delete' }),
      counts: someCounts({ selected: 2, deleted: 2 }),
    });
    expect(endOf(deleted, 'settled')?.code).toBe(0);
  });

  it('is 3 when it was ended before all were sent', () => {
    for (const state of ['cancelled', 'failed'] as const)
      expect(endOf(aJob({ state, counts: someCounts({ selected: 2, settled: 2 }) }), 'confirmed')?.code).toBe(
        3,
      );
  });

  it('is 4 when somebody must decide, and none while it goes on by itself', () => {
    const hold = { by: 'brake' as const, words: 'Five died again.', at: 0, goesOn: false };
    expect(endOf(aJob({ state: 'paused', hold }), 'confirmed')).toMatchObject({ code: 4 });
    expect(endOf(aJob({ state: 'interrupted' }), 'confirmed')?.code).toBe(4);
    expect(endOf(aJob({ state: 'paused', hold: { ...hold, goesOn: true } }), 'confirmed')).toBeNull();
    for (const state of ['planned', 'running', 'following'] as const)
      expect(endOf(aJob({ state }), 'confirmed')).toBeNull();
  });

  it('tells a refusal from an application that is away', () => {
    const problem = (status: number, code: string) =>
      failureOf(
        status,
        JSON.stringify({
          type: 't',
          title: 't',
          status,
          code,
          detail: 'Because.',
          errors: [{ path: 'lives', message: 'uses one up' }],
        }),
        'http://h',
      );
    expect(problem(409, 'consent_needed')).toMatchObject({
      code: 2,
      message: 'Because.\n  lives: uses one up',
    });
    expect(problem(503, 'broker_unreachable').code).toBe(5);
    expect(failureOf(502, '<html>', 'http://h').code).toBe(5);
    expect(failureOf(404, '', 'http://h').code).toBe(2);
  });
});

describe('words', () => {
  const plan = aPlan({
    selected: 19,
    inQueue: 27,
    targets: [
      {
        exchange: '',
        routingKey: 'billing',
        messages: 19,
        mayWrite: 'no',
        reaches: [{ queue: 'billing', type: 'quorum', consumers: null, depth: 1_234, ackRate: null }],
      },
    ],
    warnings: [
      { code: 'lives', level: 'consent', words: 'Uses up lives.' },
      { code: 'drop_head', level: 'consent', words: 'May drop.' },
      { code: 'target_missing', level: 'refuse', words: 'Not there.' },
      { code: 'no_consumers', level: 'note', words: 'They wait.' },
    ],
  });

  it('of a plan say where to, at what cost, and what stands in the way', () => {
    const words = planWords(plan, ['lives']);
    expect(words).toContain('19 messages of 27 in billing.dead (quorum, RabbitMQ 4.3.6)');
    expect(words).toContain('billing by the default exchange: 19 messages, where you may not write');
    expect(words).toContain('→ quorum queue billing: unknown consumers, 1,234 waiting');
    expect(words).toMatch(
      /agreed +lives[\s\S]*CONSENT +drop_head[\s\S]*REFUSED +target_missing[\s\S]*note +no_consumers/,
    );
    expect(inTheWay(plan, ['lives'])).toEqual(['target_missing', 'drop_head']);
  });

  it('of a running job say how far it is and why it waits', () => {
    const job = aJob({
      phase: 'canary',
      note: 'Waiting: memory alarm',
      ratePerSecond: 199.6,
      counts: someCounts({ selected: 5_000, confirmed: 1_200, waiting: 3_800, possiblyDuplicated: 2 }),
    });
    expect(progressWords(job)).toBe(
      'running (canary): 1,200 confirmed, 3,800 not sent, 2 possibly duplicated of 5,000, 200/s. Waiting: memory alarm',
    );
  });

  it('of causes can be pasted into a shell', () => {
    const cause = {
      key: `["a","rejected","it's"]`,
      originQueue: 'a',
      reason: 'rejected',
      error: "it's",
      count: 2,
    };
    const text = listWords({
      freshness: 'live',
      readAt: 0,
      since: null,
      reason: null,
      total: 2,
      lost: [],
      queues: [
        {
          vhost: '/',
          queue: 'dead',
          type: 'quorum',
          messages: 2,
          consumers: 0,
          origins: [],
          reading: { level: 'none', words: '', limit: null },
          causes: [{ ...cause, firstAt: null, lastAt: null, trend: [] }],
          causesFrom: 'tap',
          causesSince: null,
          causesNote: null,
          notes: {},
        },
      ],
    });
    expect(text).toContain(`--cause '["a","rejected","it'\\''s"]'`);
  });
});
