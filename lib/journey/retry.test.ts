import { describe, expect, it } from 'vitest';
import { Story } from '../../test/build-facts.ts';
import type { Fact } from '../model/fact.ts';
import { assemble } from './assemble.ts';

/** What quorum queues write into a message that they hand out again. */
const counted = (counts: Record<string, number>): Fact['message'] => ({
  properties: {},
  headers: Object.entries(counts).map(([name, value]) => ({ name, type: 'l', value })),
  body: { size: 0, data: '', truncated: false },
});
const whyOf = (at: number, counts: Record<string, number> | null) => {
  const story = new Story().published(0, 'orders', ['work']).delivered(5, 'work');
  story.redelivered(at, 'work', 1, counts ? { message: counted(counts) } : {});
  return assemble(story.facts, []).hops.find((h) => h.kind === 'retry')?.why ?? '';
};

describe('a retry in the same queue', () => {
  it('says no more than the redelivered flag does on a classic queue', () => {
    expect(whyOf(9, null)).toContain('requeued, or its consumer’s channel or connection went away');
  });

  // quorum queues from 4.3 on: nack with requeue raises the acquired count alone, reject and a lost channel both
  it('tells a nack from a failure by the counts of a quorum queue', () => {
    expect(whyOf(9, { 'x-acquired-count': 1 })).toContain('does not count towards the delivery limit');
    const failed = whyOf(9, { 'x-acquired-count': 1, 'x-delivery-count': 1 });
    expect(failed).toContain('rejected with requeue');
    expect(failed).toContain('counts 1 failed delivery.');
  });

  it('names a delayed retry as possible where the message was away', () => {
    expect(whyOf(60_000, { 'x-acquired-count': 1 })).toContain('may be set to delay retries');
    expect(whyOf(60_000, null)).not.toContain('delay');
  });
});
