import { describe, expect, it } from 'vitest';
import type { Fact } from '../model/fact.ts';
import { copiesIn } from './facts.ts';
import { holderOf, isGone, shownHolder } from './lease.ts';
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
      { replayId: 'j.1', at: 5, outcome: 'died again', reason: 'rejected: timeout' },
    ]);
  });

  it('nothing of messages that no replay sent, nor of what the replay itself recorded', () => {
    expect(copiesIn([fact('delivered', { ids: {} }), fact('replayed', { source: 'replay' })])).toEqual([]);
    expect(copiesIn([fact('published')])).toEqual([]);
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
    expect(isGone(mine)).toBe(true);
    const parent = mine.replace(/\d+$/, String(process.ppid));
    expect(isGone(parent)).toBe(false);
    expect(isGone('anna, replay j1 @elsewhere/1')).toBe(false);
  });
});
