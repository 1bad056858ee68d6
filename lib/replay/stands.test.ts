import { describe, expect, it } from 'vitest';
import { death, Story, T0, TRACE } from '../../test/build-facts.ts';
import { processes, spanFacts, spanId } from '../../test/build-spans.ts';
import { assemble } from '../journey/assemble.ts';
import type { Span } from '../model/span.ts';
import { sendsSpans, standsIn } from './stands.ts';

const ids = { traceId: TRACE, spanId: spanId(1), messageId: 'm1' };
const copy = { ids: { ...ids, replayId: 'j.1' } };
const rejected = death({ queue: 'billing' }, 20);

/** Published, delivered and rejected; a replay sent it again after a second. */
const replayed = () =>
  new Story(ids)
    .published(1, 'orders', ['billing'])
    .delivered(11, 'billing')
    .died(20, { queue: 'billing' })
    .replayed(1_000, 'billing.dead', 'j.1', copy)
    .published(1_001, '', ['billing'], copy);
const failing = processes(2, 12, 19, 'billing', 1, { status: 'error', statusMessage: 'timeout' });

function stands(story: Story, spans: readonly Span[] = []) {
  return standsIn(assemble([...story.facts, ...spanFacts(spans)], []).hops);
}
const one = { replayId: 'j.1', by: 'journey' };

describe('what a journey shows of a copy', () => {
  it('nothing while it waits: what became of the original is not the copy’s', () => {
    expect(stands(replayed(), [failing])).toEqual([]);
  });

  //  replay ▸▭billing──▶●deliver
  //                     ╰3 process ── done
  it('settled, when the span of its own delivery says so', () => {
    const story = replayed().delivered(1_010, 'billing', 1, copy);
    const done = processes(3, 1_012, 1_900, 'billing', 1);
    expect(stands(story, [failing])).toEqual([
      { ...one, outcome: 'delivered', reason: null, at: T0 + 1_010 },
    ]);
    expect(stands(story, [failing, done])).toEqual([
      {
        ...one,
        outcome: 'settled',
        reason: 'billing was done with it 0.9 s after its delivery',
        at: T0 + 1_900,
      },
    ]);
  });

  it('delivered with what went wrong, when the span failed and no death was seen', () => {
    const story = replayed().delivered(1_010, 'billing', 1, copy);
    const failed = processes(3, 1_012, 1_900, 'billing', 1, { status: 'error', statusMessage: 'no card' });
    expect(stands(story, [failing, failed])).toMatchObject([
      { outcome: 'delivered', reason: 'its consumer’s span ended with an error: no card' },
    ]);
  });

  it('died again with the new reason, and the span’s words where the dead letter has none', () => {
    const story = replayed().delivered(1_010, 'billing', 1, copy);
    story.died(1_030, { queue: 'billing' }, copy);
    const failed = processes(3, 1_012, 1_025, 'billing', 1, { status: 'error', statusMessage: 'no card' });
    expect(stands(story, [failing, failed])).toEqual([
      { ...one, outcome: 'died again', reason: 'rejected: no card', at: T0 + 1_030 },
    ]);
    // a span that ended well does not undo it
    expect(stands(story, [failing, processes(3, 1_012, 1_025, 'billing', 1)])).toMatchObject([
      { outcome: 'died again', reason: 'rejected' },
    ]);
  });

  //  billing ✕─▶ retry ─expired─▶ billing ──▶●deliver ── done
  it('settled after all, when it came back through a retry queue', () => {
    const story = replayed().delivered(1_010, 'billing', 1, copy);
    story.died(1_030, { queue: 'billing' }, copy);
    const back = [death({ queue: 'billing.retry', reason: 'expired' }, 3_000), { ...rejected, at: T0 }];
    story.delivered(3_500, 'billing', 1, { ...copy, deaths: back });
    expect(stands(story)).toMatchObject([
      { outcome: 'delivered', reason: expect.stringMatching(/^after it had died/) },
    ]);
    expect(stands(story, [processes(4, 3_510, 3_600, 'billing', 1)])).toMatchObject([
      { outcome: 'settled', at: T0 + 3_600 },
    ]);
  });

  it('died again still, when somebody takes it out of the dead-letter queue', () => {
    const story = replayed().delivered(1_010, 'billing', 1, copy);
    story.died(1_030, { queue: 'billing' }, copy);
    story.delivered(3_500, 'billing.dead', 1, { ...copy, deaths: [rejected] });
    expect(stands(story)).toMatchObject([{ outcome: 'died again' }]);
  });

  it('settled only where every queue that it reached says so', () => {
    const story = new Story(ids)
      .replayed(1_000, 'dead', 'j.1', { ...copy, exchange: 'orders' })
      .published(1_001, 'orders', ['billing', 'mail'], copy)
      .delivered(1_010, 'billing', 1, copy)
      .delivered(1_011, 'mail', 2, copy);
    const billed = processes(3, 1_012, 1_100, 'billing', 1);
    expect(stands(story, [billed])).toMatchObject([
      { outcome: 'delivered', reason: 'settled in billing, not known to be in mail' },
    ]);
    expect(stands(story, [billed, processes(4, 1_013, 1_200, 'mail', 1)])).toMatchObject([
      { outcome: 'settled', at: T0 + 1_200 },
    ]);
  });

  it('tells whether the consumers of a queue report spans', () => {
    const { hops } = assemble([...replayed().facts, ...spanFacts([failing])], []);
    expect([sendsSpans(hops, 'billing'), sendsSpans(hops, 'mail')]).toEqual([true, false]);
  });
});
