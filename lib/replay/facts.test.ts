import { describe, expect, it } from 'vitest';
import type { Fact } from '../model/fact.ts';
import { copiesIn, readFact } from './facts.ts';
import { holderOf, isGone, shownHolder } from './lease.ts';
import type { Letter } from './letter.ts';
import { receiptHead, receiptLine } from './receipt.ts';

const fact = (kind: Fact['kind'], more: Partial<Fact> = {}): Fact => ({
  id: '1',
  kind,
  source: 'firehose',
  at: 5,
  precision: 'arrival',
  vhost: '/',
  journey: 'message:m',
  ids: { replayId: 'j.1' },
  fingerprint: 'f',
  ...more,
});
const death = { queue: 'billing', reason: 'rejected', count: 1, exchange: '', routingKeys: [], at: 1 };

describe('what the taps tell of a copy', () => {
  /** replay ──▶ billing ──▶ delivered ──▶ ✕ dead ──▶ read there by somebody: no second success */
  it('a delivery that carries a death comes from a dead-letter queue: it died again', () => {
    expect(copiesIn([fact('delivered')])).toEqual([
      { replayId: 'j.1', at: 5, outcome: 'delivered', reason: null },
    ]);
    expect(copiesIn([fact('delivered', { deaths: [death], error: 'timeout' })])).toEqual([
      { replayId: 'j.1', at: 1, outcome: 'died again', reason: 'rejected: timeout' },
    ]);
  });

  /** billing ──▶ ✕ ──▶ retry queue ──▶ expired ──▶ billing again: neither dead nor a first delivery */
  it('nothing of one that came back into the queue where it died: its journey tells', () => {
    expect(copiesIn([fact('delivered', { deaths: [death], queue: 'billing' })])).toEqual([]);
    expect(copiesIn([fact('delivered', { deaths: [death], queue: 'billing', source: 'read' })])).toHaveLength(
      1,
    );
  });

  it('nothing of messages that no replay sent, nor of what the replay itself recorded', () => {
    expect(copiesIn([fact('delivered', { ids: {} }), fact('replayed', { source: 'replay' })])).toEqual([]);
    expect(copiesIn([fact('published')])).toEqual([]);
  });
});

describe('what reading a dead letter tells', () => {
  const letter = (more: Partial<Letter> = {}): Letter => ({
    originQueue: 'billing',
    reason: 'rejected',
    error: 'timeout',
    diedAt: 4_000,
    key: 'k',
    journey: 'message:m',
    ids: { messageId: 'm' },
    fingerprint: 'f',
    exchange: '',
    routingKey: 'billing.dead',
    deaths: [death],
    cause: 'c',
    deliveryCount: null,
    offset: null,
    replays: 0,
    properties: {},
    headers: [],
    raw: Buffer.alloc(0),
    body: Buffer.from('body'),
    ...more,
  });
  const where = { vhost: '/', queue: 'billing.dead', nth: 'k.0' };

  it('is its deaths, the same at every reading', () => {
    const first = readFact(letter(), 5_000, where, 10);
    expect(first).toMatchObject({
      kind: 'delivered',
      source: 'read',
      queue: 'billing.dead',
      deaths: [death],
      error: 'timeout',
    });
    expect(first.id).toMatch(/^[0-9a-z]{18}$/);
    expect(readFact(letter(), 9_000, where, 10).id).toBe(first.id);
    expect(readFact(letter(), 9_000, { ...where, nth: 'k.1' }, 10).id).not.toBe(first.id);
  });

  it('is no success of a replay', () => {
    const read = readFact(letter({ ids: { replayId: 'j.1' } }), 5_000, where, 0);
    expect(copiesIn([read])).toMatchObject([{ outcome: 'died again' }]);
  });
});

describe('the receipt', () => {
  const row = {
    seq: 1,
    replayId: 'j.1',
    deadLetterId: 'k.0',
    journey: 'message:m',
    ids: { messageId: '=HYPERLINK("http://evil","x")' },
    originQueue: '+cmd',
    exchange: '',
    routingKey: '@sum\u0000',
    attempt: 1,
    outcome: 'returned' as const,
    possiblyDuplicated: false,
    reason: '-1 "quoted"',
    at: 0,
  };
  it('runs no formula in a spreadsheet and keeps quotes', () => {
    const line = receiptLine(row);
    expect(line).toContain(`"'=HYPERLINK(""http://evil"",""x"")"`);
    expect(line).toContain(`"'-1 ""quoted"""`);
    expect(line).toContain(`"'+cmd"`);
    expect(line).toContain(`"'@sum"`);
    expect(line.split('\r\n')).toHaveLength(2);
    expect(receiptHead.split(',')).toHaveLength(15);
  });
});

describe('the claim on a queue', () => {
  it('names its holder to people, and tells a process that is gone from one that lives', () => {
    const mine = holderOf('anna@home', 'j1');
    expect(shownHolder(mine)).toBe('anna@home, replay j1');
    expect(isGone(mine, true)).toBe(true);
    // later it is one of our own
    expect(isGone(mine, false)).toBe(false);
    const parent = mine.replace(/\d+$/, String(process.ppid));
    expect(isGone(parent, true)).toBe(false);
    expect(isGone('anna, replay j1 @elsewhere/1', true)).toBe(false);
  });
});
