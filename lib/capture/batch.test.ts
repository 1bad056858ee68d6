import { expect, test } from 'vitest';
import { HoplightError } from '../model/errors.ts';
import type { Fact } from '../model/fact.ts';
import { factOf } from '../store/fact-samples.ts';
import type { FactWriter } from '../store/facts.ts';
import { BATCH_FACTS, BATCH_MS, Batch } from './batch.ts';

/** A writer that keeps IDs, and refuses while told to. */
function bench() {
  const seen = new Set<string>();
  const state = { refuse: false, troubles: [] as (string | null)[], batches: [] as number[] };
  const timers: { run: () => void; ms: number; off: boolean }[] = [];
  const writer: FactWriter = {
    append(facts: readonly Fact[]) {
      if (state.refuse) throw new HoplightError('internal', 'The disk is full.');
      const before = seen.size;
      for (const fact of facts) seen.add(fact.id);
      return seen.size - before;
    },
    problem: () => null,
    putGap() {},
    openGaps: () => [],
    heartbeat() {},
    lastHeartbeat: () => null,
    setting: () => null,
    putSetting() {},
    retain: () => 0,
    putEvents() {},
    purge: () => 0,
    setLimits() {},
    size: () => ({ facts: 0, bytes: 0, limitBytes: 0, segments: 0, oldestAt: null }),
    close() {},
  };
  const batch = new Batch({
    writer: () => writer,
    committed: (facts) => state.batches.push(facts.length),
    trouble: (words) => state.troubles.push(words),
    setTimer(run, ms) {
      const timer = { run, ms, off: false };
      timers.push(timer);
      return () => {
        timer.off = true;
      };
    },
  });
  const acknowledged = { times: 0, stored: () => acknowledged.times++ };
  const ring = () => {
    for (const timer of timers.splice(0)) if (!timer.off) timer.run();
  };
  return { batch, state, timers, ring, from: acknowledged };
}

function addsUp(batch: Batch): boolean {
  const { received, stored, inMemory, dropped } = batch.counts();
  return received === Object.values(dropped).reduce((a, b) => a + b, stored + inMemory);
}

test('a batch is committed when it is full, or a moment after its first fact', () => {
  const { batch, state, timers, ring, from } = bench();
  batch.add(factOf(), from);
  expect(timers.map((t) => t.ms)).toEqual([BATCH_MS]);
  expect(batch.counts()).toMatchObject({ received: 1, inMemory: 1, stored: 0 });
  ring();
  expect(state.batches).toEqual([1]);
  expect(from.times).toBe(1);
  for (let i = 0; i < BATCH_FACTS; i++) batch.add(factOf(), from);
  expect(state.batches).toEqual([1, BATCH_FACTS]);
  expect(batch.counts()).toEqual({ received: 501, stored: 501, inMemory: 0, dropped: {} });
});

test('what is dropped is counted by reason, and acknowledged though there is nothing to store', () => {
  const { batch, ring, from } = bench();
  const fact = factOf();
  batch.drop('own traffic', from);
  batch.drop('own traffic', from);
  ring();
  expect(from.times).toBe(1);
  batch.add(fact, from);
  batch.add(fact, from);
  expect(addsUp(batch)).toBe(true);
  ring();
  expect(batch.counts()).toEqual({
    received: 4,
    stored: 1,
    inMemory: 0,
    dropped: { 'own traffic': 2, 'stored before': 1 },
  });
});

/**
 *   add ─ flush ✗ refused ─ add ─ add ─ (1 s) flush ✓        nothing is dropped, nothing acknowledged before it is stored
 */
test('while the store refuses, facts wait, nothing is acknowledged, and it is tried again', () => {
  const { batch, state, timers, ring, from } = bench();
  state.refuse = true;
  batch.add(factOf(), from);
  ring();
  expect(from.times).toBe(0);
  for (let i = 0; i < BATCH_FACTS + 10; i++) batch.add(factOf(), from);
  expect(timers.filter((t) => !t.off)).toHaveLength(1);
  expect(batch.counts()).toMatchObject({ received: 511, inMemory: 511, stored: 0 });
  expect(state.troubles.at(-1)).toBe('The disk is full.');
  state.refuse = false;
  ring();
  expect(from.times).toBe(1);
  expect(state.troubles.at(-1)).toBeNull();
  expect(batch.counts()).toEqual({ received: 511, stored: 511, inMemory: 0, dropped: {} });
  batch.add(factOf(), from);
  ring();
  expect(batch.counts().stored).toBe(512);
});
