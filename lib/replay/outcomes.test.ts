import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Story, TRACE } from '../../test/build-facts.ts';
import { processes, spanFacts, spanId } from '../../test/build-spans.ts';
import { assemble } from '../journey/assemble.ts';
import type { Fact } from '../model/fact.ts';
import type { CopyChange } from '../store/state.ts';
import { createOutcomes, WATCHED_MS } from './outcomes.ts';

const JOURNEY = `trace:${TRACE}`;
const ids = { traceId: TRACE, spanId: spanId(1), messageId: 'm1' };
const copy = { ids: { ...ids, replayId: 'j.1' } };
const story = () =>
  new Story(ids)
    .replayed(0, 'dead', 'j.1', copy)
    .published(1, '', ['billing'], copy)
    .delivered(10, 'billing', 1, copy);
const done = processes(3, 12, 100, 'billing', 1);

function bench(facts: readonly Fact[] = [], more: { open?: { seq: number; journey: string }[] } = {}) {
  let now = 0;
  const told: CopyChange[] = [];
  const reads: string[] = [];
  const changed: string[] = [];
  const outcomes = createOutcomes({
    state: {
      noteCopies: (changes) => {
        told.push(...changes);
        return [...changes];
      },
      openCopies: (job, after) => (job === 'j' && after < 0 ? (more.open ?? []) : []),
    },
    clock: () => now,
    readHops: (journey) => {
      reads.push(journey);
      return assemble(facts, []).hops;
    },
    endedAt: () => null,
    changed: (ids) => changed.push(...ids),
  });
  return { outcomes, told, reads, changed, later: (ms: number) => (now += ms) };
}

describe('what becomes of copies', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is written when their spans come, within a second, by one look at the journey', () => {
    const { facts } = story();
    const { outcomes, told, reads, changed } = bench([...facts, ...spanFacts([done])]);
    outcomes.watch({ id: 'j', endedAt: null });
    outcomes.noteFacts(facts);
    expect(told.map((c) => c.outcome)).toEqual(['delivered']);
    outcomes.noteSpans([JOURNEY, 'trace:other']);
    outcomes.noteSpans([JOURNEY]);
    vi.advanceTimersByTime(1_000);
    expect(reads).toEqual([JOURNEY]);
    expect(told.at(-1)).toMatchObject({ replayId: 'j.1', outcome: 'settled', by: 'journey' });
    expect(changed).toEqual(['j', 'j']);
    // it is at its end: nothing is read of it any more
    outcomes.noteSpans([JOURNEY]);
    vi.advanceTimersByTime(1_000);
    expect(reads).toHaveLength(1);
  });

  //  delivered ─▶ ✕ died (rejected) ···· 5 s later: the consumer's span says why
  it('gets its error from the span that comes after the death', () => {
    const { facts } = story().died(40, { queue: 'billing' }, copy);
    const failed = processes(3, 12, 30, 'billing', 1, { status: 'error', statusMessage: 'no amount' });
    const { outcomes, told } = bench([...facts, ...spanFacts([failed])]);
    outcomes.watch({ id: 'j', endedAt: null });
    outcomes.noteFacts(facts);
    expect(told.at(-1)).toMatchObject({ outcome: 'died again', reason: 'rejected' });
    vi.advanceTimersByTime(5_000);
    outcomes.noteSpans([JOURNEY]);
    vi.advanceTimersByTime(1_000);
    expect(told.at(-1)).toMatchObject({ outcome: 'died again', reason: 'rejected: no amount' });
  });

  it('is looked at again when the delivery comes after its span', () => {
    const { facts } = story();
    const { outcomes, reads } = bench([]);
    outcomes.watch({ id: 'j', endedAt: null });
    outcomes.noteFacts(facts.slice(0, 2));
    outcomes.noteSpans([JOURNEY]);
    vi.advanceTimersByTime(1_000);
    outcomes.noteFacts(facts.slice(2));
    vi.advanceTimersByTime(1_000);
    expect(reads).toHaveLength(2);
  });

  it('is looked at when the tap is so late that the span is there before the copy', () => {
    const { facts } = story();
    const { outcomes, told } = bench([...facts, ...spanFacts([done])]);
    outcomes.watch({ id: 'j', endedAt: null });
    outcomes.noteSpans([JOURNEY]);
    vi.advanceTimersByTime(1_000);
    outcomes.noteFacts(facts);
    vi.advanceTimersByTime(1_000);
    expect(told.at(-1)).toMatchObject({ outcome: 'settled' });
  });

  it('costs nothing where no copy is open: strangers’ spans, copies of jobs that nobody watches', () => {
    const { outcomes, told, reads } = bench([]);
    outcomes.noteFacts(
      story().facts.map((f) => ({ ...f, ids: { replayId: 'other.1' }, kind: 'published' as const })),
    );
    outcomes.noteSpans([JOURNEY]);
    vi.advanceTimersByTime(1_000);
    expect([told, reads]).toEqual([[], []]);
  });

  it('goes on after a restart with the copies that the journal has open, and ends hours after the job', () => {
    const { outcomes, reads, later } = bench([], { open: [{ seq: 1, journey: JOURNEY }] });
    outcomes.watch({ id: 'j', endedAt: 0 });
    outcomes.noteSpans([JOURNEY]);
    vi.advanceTimersByTime(1_000);
    expect(reads).toEqual([JOURNEY]);
    later(WATCHED_MS + 1);
    outcomes.watch({ id: 'k', endedAt: null });
    outcomes.noteSpans([JOURNEY]);
    vi.advanceTimersByTime(1_000);
    expect(reads).toHaveLength(1);
  });
});
