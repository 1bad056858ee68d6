/**
 * Hazard 23: the network fails between a publish and its confirm, between a confirm and its ack, and everywhere else. A
 * proxy cuts a replay's connections at frame boundaries and within frames, and does what networks do. Told by message IDs:
 * nothing is lost, what came twice is listed, nothing hangs. `script/prove cuts toxics` does it at every single frame.
 */
import { afterAll, expect, test } from 'vitest';
import { cutEverywhere, cutName } from '../../test/proofs/cuts.ts';
import type { FaultResult } from '../../test/proofs/faults.ts';
import { BOUND_MS, eightToxics } from '../../test/proofs/toxic-cases.ts';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { replayBench } from '../../test/with-replays.ts';

const MESSAGES = 12;

function expectKept(
  { lost, unlisted, twice, left, resumed, under, underMs }: FaultResult,
  name: string,
): void {
  const seen = { lost, unlisted, left, resumed, hung: under === 'hung' || underMs > BOUND_MS };
  expect(seen, name).toEqual({ lost: [], unlisted: [], left: 0, resumed: 'done', hung: false });
  expect(twice, name).toBeLessThanOrEqual(MESSAGES);
}

for (const [n, version] of brokerVersions.entries()) {
  const broker = await withBroker({ version });
  const bench = await replayBench(broker);
  afterAll(() => bench.close());
  // each version with one type of queue: the rest is for script/prove
  const type = n % 2 === 0 ? 'quorum' : 'classic';

  test(`cuts lose nothing of a ${type} queue on ${version}`, { timeout: 120_000 }, async () => {
    const cuts = await cutEverywhere(bench, broker, { type, messages: MESSAGES, every: 7, midEvery: 21 });
    for (const cut of cuts) expectKept(cut, cutName(cut));
    expect(cuts.filter(({ under }) => under !== 'done').length).toBeGreaterThan(10);
  });

  test(`nor do black holes, resets, half closes and slices on ${version}`, { timeout: 120_000 }, async () => {
    const only = /black hole|reset|half|slices/;
    for (const result of await eightToxics(bench, broker, { type, messages: 30, only })) {
      const name = `${result.toxic}, ${result.role}, ${result.direction}`;
      expectKept({ ...result, twice: 0 }, name);
      expect(result.twice, name).toBeLessThanOrEqual(30);
    }
  });
}
