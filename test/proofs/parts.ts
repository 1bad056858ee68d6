/** The proofs of `script/prove`, each on one broker, with what it owes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_WINDOW } from '../../lib/replay/deps.ts';
import { type ReplayBench, replayBench } from '../with-replays.ts';
import { anyMessages, throughReplay } from './bytes.ts';
import { cutEverywhere, cutName } from './cuts.ts';
import type { FaultResult } from './faults.ts';
import { type KillableBroker, type KillResult, killBroker, killProcess } from './kills.ts';
import { seeded } from './random-message.ts';
import { holds } from './reconcile.ts';
import { BOUND_MS, eightToxics } from './toxic-cases.ts';

export interface ProofRow {
  what: string;
  broker: string;
  messages: number;
  faults: string;
  lost: number;
  twice: number;
  listed: number;
  unlisted: number;
  note: string;
  holds: boolean;
  /** What did not hold, and the spread of the rest. */
  details: unknown;
}

export interface Proof {
  name: string;
  version: string;
  rows: ProofRow[];
}

type Part = (broker: KillableBroker & { version: string }, quick: boolean) => Promise<ProofRow[]>;
const types = ['classic', 'quorum'] as const;
const seconds = (ms: number) => `${Math.round(ms / 1_000)} s`;

function killRow(
  what: string,
  broker: string,
  result: KillResult,
  faults: string,
  mostTwice: number,
): ProofRow {
  const { messages, lost, twice, listed, unlisted, left, state, type, tookMs } = result;
  return {
    what: `${what}, ${type}`,
    broker,
    messages,
    faults,
    lost: lost.length,
    twice,
    listed,
    unlisted: unlisted.length,
    note: `${state}, ${left} left, ${seconds(tookMs)}`,
    holds: holds(result, mostTwice) && state === 'done',
    details: { arrived: result.arrived, lost: lost.slice(0, 20), unlisted: unlisted.slice(0, 20) },
  };
}

const kills: Part = async (broker, quick) => {
  const [messages, times, window] = quick ? [2_000, 6, 100] : [20_000, 25, DEFAULT_WINDOW];
  const random = seeded(20_000);
  // with up to a window more for each kill not all of them, so that every kill meets a replay at work
  const most = quick ? 300 : 600;
  const dir = mkdtempSync(join(tmpdir(), 'hoplight-prove-'));
  const rows: ProofRow[] = [];
  for (const type of types) {
    const after = Array.from({ length: times }, () => 1 + Math.floor(random() * most));
    const result = await killProcess(broker, {
      type,
      messages,
      after,
      window,
      stateFile: join(dir, `${type}.db`),
    });
    const row = killRow(
      'process killed',
      broker.version,
      result,
      `${result.kills} SIGKILLs`,
      result.kills * window,
    );
    rows.push({ ...row, holds: row.holds && result.kills === times && result.left === 0 });
  }
  rmSync(dir, { recursive: true });
  return rows;
};

const brokerKills: Part = async (broker, quick) => {
  const [messages, times] = quick ? [2_000, 2] : [10_000, 5];
  const results = await killBroker(broker, { messages, kills: times });
  // acks that a killed broker had not written down bring their messages back: listed, but not within a window
  return results.map((r) => killRow('broker killed', broker.version, r, `${times} SIGKILLs`, messages));
};

async function withBench<T>(broker: KillableBroker, work: (bench: ReplayBench) => Promise<T>): Promise<T> {
  const bench = await replayBench(broker);
  try {
    return await work(bench);
  } finally {
    await bench.close();
  }
}

/** Toxics that let everything through, only later: how long that takes is theirs. */
const SLOW = /^(latency|jitter|20 kB|slices)/;

/** Many small replays as one row. */
function faultRow(what: string, broker: string, results: { name: string; result: FaultResult }[]): ProofRow {
  const sum = (of: (r: FaultResult) => number) =>
    results.reduce((total, { result }) => total + of(result), 0);
  const slowest = Math.max(...results.map(({ result }) => result.underMs));
  const bad = results.filter(({ name, result: r }) => {
    const late = r.under === 'hung' || (r.underMs > BOUND_MS && !SLOW.test(name));
    return !holds(r, r.messages) || r.left > 0 || r.resumed !== 'done' || late;
  });
  const states = new Map<string, number>();
  for (const { result } of results) states.set(result.under, (states.get(result.under) ?? 0) + 1);
  return {
    what,
    broker,
    messages: sum((r) => r.messages),
    faults: `${results.length} replays`,
    lost: sum((r) => r.lost.length),
    twice: sum((r) => r.twice),
    listed: sum((r) => r.listed),
    unlisted: sum((r) => r.unlisted.length),
    note: `slowest ended in ${(slowest / 1_000).toFixed(1)} s`,
    holds: bad.length === 0,
    details: { under: Object.fromEntries(states), slowestMs: slowest, bad: bad.slice(0, 20) },
  };
}

const cuts: Part = (broker, quick) =>
  withBench(broker, async (bench) => {
    const rows: ProofRow[] = [];
    for (const type of types) {
      const o = quick ? { type, messages: 12, every: 6 } : { type, messages: 50 };
      const results = await cutEverywhere(bench, broker, o);
      rows.push(
        faultRow(
          `cut at and within each frame, ${type}`,
          broker.version,
          results.map((r) => ({ name: cutName(r), result: r })),
        ),
      );
    }
    return rows;
  });

const toxics: Part = (broker, quick) =>
  withBench(broker, async (bench) => {
    const rows: ProofRow[] = [];
    for (const type of types) {
      const results = await eightToxics(bench, broker, { type, messages: quick ? 30 : 200 });
      const named = results.map((r) => ({ name: `${r.toxic}, ${r.role}, ${r.direction}`, result: r }));
      rows.push(faultRow(`8 toxics both ways, ${type}`, broker.version, named));
    }
    return rows;
  });

const bytes: Part = (broker, quick) =>
  withBench(broker, async (bench) => {
    const rows: ProofRow[] = [];
    for (const type of types) {
      const messages = anyMessages(31 + rows.length, quick ? 300 : 3_000, quick ? 1 << 20 : 16 << 20);
      const r = await throughReplay(bench, broker, { type, name: `bytes ${type}`, messages });
      rows.push({
        what: `random bytes, ${type}`,
        broker: broker.version,
        messages: r.messages,
        faults: `${r.changed} changed`,
        lost: r.missing,
        twice: r.arrived - r.messages,
        listed: 0,
        unlisted: 0,
        note: `${r.state}, ${r.bodyBytes} body bytes, ${seconds(r.tookMs)}`,
        holds:
          r.state === 'done' &&
          r.changed === 0 &&
          r.missing === 0 &&
          r.withoutLineage === 0 &&
          r.arrived === r.messages,
        details: r,
      });
    }
    return rows;
  });

export const parts: Record<string, Part> = { kills, broker: brokerKills, cuts, toxics, bytes };
