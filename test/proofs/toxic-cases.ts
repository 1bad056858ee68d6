/** Eight ways in which a network fails, each in both directions, for the connection that reads and the one that carries the copies. */
import type { Toxic, Toxics } from '../fault-proxy.ts';
import { bandwidth, blackHole, halfClose, latency, limitData, reset, slicer } from '../toxics.ts';
import type { Reach, ReplayBench } from '../with-replays.ts';
import { type FaultResult, overAll, type Role, replayThrough, roles } from './faults.ts';

/** Where a replay is at work: so many frames and bytes come before. */
interface Middle {
  frames: number;
  bytes: number;
}
const middles: Record<Role, Record<keyof Toxics, Middle>> = {
  copies: { toBroker: { frames: 40, bytes: 3_000 }, toClient: { frames: 6, bytes: 700 } },
  source: { toBroker: { frames: 10, bytes: 600 }, toClient: { frames: 40, bytes: 3_000 } },
};

const toxics: [string, (middle: Middle) => Toxic][] = [
  ['latency of 100 ms', () => latency(100)],
  ['jitter of up to 100 ms', () => latency(0, 100)],
  ['20 kB a second', () => bandwidth(20_000)],
  ['slices of 3 bytes', () => slicer(3)],
  ['black hole', ({ frames }) => blackHole(frames)],
  ['reset', ({ frames }) => reset(frames)],
  ['half close', ({ frames }) => halfClose(frames)],
  ['cut after some bytes', ({ bytes }) => limitData(bytes)],
];

export interface ToxicResult extends FaultResult {
  toxic: string;
  role: Role;
  direction: keyof Toxics;
}

/** Heartbeats of the connections under test, s: a dead peer shows within three. */
export const HEARTBEAT_S = 2;
/** Three heartbeats, the last answers that an ending replay waits for (10 s), and time to work, ms. */
export const BOUND_MS = 3 * HEARTBEAT_S * 1_000 + 10_000 + 9_000;

/** `only`: names of toxics, for a quick look. */
export async function eightToxics(
  bench: ReplayBench,
  broker: Reach,
  o: { type: 'classic' | 'quorum'; messages: number; at?: number; only?: RegExp },
): Promise<ToxicResult[]> {
  const directions = ['toBroker', 'toClient'] as const;
  const all = toxics
    .filter(([name]) => o.only?.test(name) ?? true)
    .flatMap(([toxic, make]) =>
      roles.flatMap((role) => directions.map((direction) => ({ toxic, make, role, direction }))),
    );
  return overAll(all, o.at ?? 8, async ({ toxic, make, role, direction }) => {
    const under = () => ({ [direction]: make(middles[role][direction]) });
    const { type, messages } = o;
    const input = { type, messages, role, toxics: under, heartbeatSeconds: HEARTBEAT_S };
    return { ...(await replayThrough(bench, broker, input)), toxic, role, direction };
  });
}
