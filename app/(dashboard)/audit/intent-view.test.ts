import { describe, expect, it } from 'vitest';
import { replayRequestSchema } from '@/lib/model/replay.ts';
import { intentView, manyOf } from './intent-view';

const linesOf = (intent: Parameters<typeof intentView>[0], title: string) =>
  intentView(intent)
    .find((s) => s.title === title)
    ?.lines.map((l) => `${l.label}: ${l.value}`);
const json = (value: object): Parameters<typeof intentView>[0] => JSON.parse(JSON.stringify(value));

describe('what an act intended, as people read it', () => {
  const request = replayRequestSchema.parse({
    vhost: '/prod',
    queue: 'billing.dead',
    select: { kind: 'causes', keys: [JSON.stringify(['billing', 'rejected', 'timeout'])] },
    canary: { messages: 2 },
    brake: { diedAgain: 3, depth: 1000 },
    rate: 200,
    consent: ['drop_head'],
    reason: 'psp is back',
  });
  const plan = {
    selected: 1102,
    inQueue: 1240,
    targets: [{ exchange: '', routingKey: 'billing', messages: 1102, reaches: [{ queue: 'billing' }] }],
    stays: [{ words: 'were not selected', messages: 138 }],
    changes: [{ field: 'CC', words: 'go', messages: 1 }],
    warnings: [
      { code: 'drop_head', level: 'consent', words: 'billing drops its oldest.' },
      { code: 'idle', level: 'note', words: 'No consumer.' },
    ],
  };

  it('tells request, plan and consent of a replay', () => {
    const intent = json({ request, plan });
    expect(linesOf(intent, 'Asked for')).toEqual([
      'Queue: billing.dead',
      'Vhost: /prod',
      'Messages: of 1 cause: billing, rejected, timeout',
      'To: the queue where each died',
      'Rate: at most 200 a second',
      'Canary: the first 2 messages, 30 s each; then on by itself when all were settled',
      'Brake: when 3 died again, or a target holds more than 1,000',
      'Reason: psp is back',
    ]);
    expect(linesOf(intent, 'Plan')).toEqual([
      'Frozen: 1,102 of 1,240 messages',
      'To: billing: 1,102 messages',
      'Stays: 138: were not selected',
      'Changes: CC go',
    ]);
    expect(linesOf(intent, 'Warnings')).toEqual([
      'Agreed to: billing drops its oldest.',
      'To know: No consumer.',
    ]);
    expect(manyOf({ kind: 'replay', intent })).toBe(1102);
  });

  it('says a filter in the words of the filter box, a deletion without a target', () => {
    const filter = { headers: [{ name: 'x-tenant', value: 'acme' }], text: 'timeout calling' };
    const of = (select: object, act: string) =>
      linesOf(json({ request: { ...request, select, act } }), 'Asked for');
    expect(of({ kind: 'filter', filter }, 'replay')?.[2]).toBe(
      'Messages: those that fit header.x-tenant=acme timeout calling',
    );
    expect(of({ kind: 'all' }, 'delete')).not.toContainEqual(expect.stringMatching(/^To:/));
  });

  it('tells any other act field by field, and takes nothing for granted', () => {
    expect(
      linesOf(
        json({ vhost: '/', on: false, list: ['a', 'b'], no: null, deep: { x: [{ y: 1 }] } }),
        'What was to be done',
      ),
    ).toEqual(['vhost: /', 'on: false', 'list: a, b', 'deep.x.1.y: 1']);
    for (const odd of [
      null,
      7,
      'text',
      [],
      {},
      { request: 5 },
      { request: { queue: 'q', select: [] }, plan: [] },
    ])
      expect(() => intentView(JSON.parse(JSON.stringify(odd)))).not.toThrow();
    expect(intentView(null)).toEqual([]);
    expect(manyOf({ kind: 'tap', intent: { vhost: '/' } })).toBeNull();
    expect(manyOf({ kind: 'publish', intent: {} })).toBe(1);
  });
});
