import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { openFactReader } from './fact-reader.ts';
import { openFactWriter } from './fact-writer.ts';
import { openStateStore } from './state-store.ts';

const script = fileURLToPath(new URL('../../../test/append-until-killed.ts', import.meta.url));
const ROUNDS = 3;
const FACTS_PER_BATCH = 20;
/** Each batch waits for the disk three times, on a machine that may be busy. */
const PATIENCE_MS = 180_000;

let dir = '';
let child: ChildProcess | null = null;
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** Lets a process write on from batch `from`, kills it in the middle, and answers the last batch it was sure of. */
async function writeAndKill(from: number, batches: number): Promise<number> {
  const running = spawn(process.execPath, [script, dir, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = running;
  let last = -1;
  for await (const line of createInterface({ input: running.stdout })) {
    last = Number(line);
    if (last === from + batches) running.kill('SIGKILL');
  }
  if (running.exitCode === null && running.signalCode === null) await once(running, 'exit');
  return last;
}

/**
 *   append ─ ack ─ append ─ ack ─ append ─✗ SIGKILL      what was acknowledged is there, in facts and in journeys
 *                                  └ may be there or not
 */
test('a process killed while writing loses nothing that it had acknowledged', {
  timeout: PATIENCE_MS,
}, async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoplight-kill-'));
  const acknowledged = new Set<number>();
  let from = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const last = await writeAndKill(from, 37);
    for (let batch = from; batch <= last; batch++) acknowledged.add(batch);
    from = last + 100;
  }

  // opening the writer folds in what a killed one had stored and not summed up
  const limits = { limitBytes: 2 ** 30, maxAgeMs: 1e9, segmentFacts: 300 };
  const writer = openFactWriter(join(dir, 'facts'), limits);
  const reader = openFactReader(join(dir, 'facts'));
  const state = openStateStore(join(dir, 'state.db'));
  const outcomes = new Map(state.messages('job-1', 100_000, 0).map((m) => [m.seq, m.outcome]));
  const acts = new Set(state.listActs(100_000).map((a) => a.id));
  for (const batch of acknowledged) {
    for (let i = 0; i < FACTS_PER_BATCH; i++) {
      const journey = `message:${batch}.${i}`;
      expect(reader.journeyFacts(journey, 5)).toHaveLength(1);
      expect(reader.find(`${batch}.${i}`, 5)).toMatchObject([{ id: journey, messages: 1 }]);
    }
    expect(outcomes.get(batch)).toBe('confirmed');
    expect(acts.has(`act-${batch}`)).toBe(true);
  }
  expect(acknowledged.size).toBeGreaterThanOrEqual(ROUNDS * 37);
  // journeys agree with the facts, also those of the batch that nobody acknowledged
  let journeys = 0;
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = reader.list({ limit: 10_000, cursor }, ['/']);
    journeys += page.journeys.length;
    cursor = page.next;
  }
  expect(journeys).toBe(writer.size().facts);
  writer.close();
  reader.close();
  state.close();
});
