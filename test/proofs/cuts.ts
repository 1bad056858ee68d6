/** Cuts at every place of a replay's connections where one AMQP frame ends and the next begins, and within frames. */
import type { Toxics } from '../fault-proxy.ts';
import { cutAfter } from '../toxics.ts';
import type { Reach, ReplayBench } from '../with-replays.ts';
import { type FaultResult, overAll, type Role, replayThrough, roles } from './faults.ts';

export interface Cut {
  role: Role;
  direction: keyof Toxics;
  /** Whole frames that pass first. */
  after: number;
  mid: boolean;
}

export interface CutResult extends Cut, FaultResult {}

/**
 * `every`: of the places between frames only each so many-th, for a quick look. First one replay without a cut tells how many
 * frames there are; confirms come in batches, so some runs have fewer and end before their cut.
 */
export async function cutEverywhere(
  bench: ReplayBench,
  broker: Reach,
  o: { type: 'classic' | 'quorum'; messages: number; every?: number; at?: number; midEvery?: number },
): Promise<CutResult[]> {
  const { every = 1, midEvery = every } = o;
  const cuts: Cut[] = [];
  for (const role of roles) {
    const { frames } = await replayThrough(bench, broker, { ...o, role, toxics: () => ({}) });
    for (const direction of ['toBroker', 'toClient'] as const) {
      for (let after = 0; after <= frames[direction]; after += every)
        cuts.push({ role, direction, after, mid: false });
      for (let after = 0; after < frames[direction]; after += midEvery)
        cuts.push({ role, direction, after, mid: true });
    }
  }
  return overAll(cuts, o.at ?? 8, async (cut) => {
    const { role, direction, after, mid } = cut;
    const toxics = () => ({ [direction]: cutAfter(after, mid) });
    return { ...cut, ...(await replayThrough(bench, broker, { ...o, role, toxics })) };
  });
}

export const cutName = ({ role, direction, after, mid }: Cut) =>
  `${role}, ${direction === 'toBroker' ? 'to the broker' : 'to the client'}, ${mid ? 'within' : 'after'} frame ${after}`;
