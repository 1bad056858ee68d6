import type { Hop, Journey, JourneyStatus } from '../model/journey.ts';

const STATE: Partial<Record<Hop['kind'], JourneyStatus>> = {
  death: 'dead',
  replay: 'replayed',
  return: 'returned',
};

/** Longest row of badges; a message that died and was replayed often is told by its first and last states. */
const MOST = 5;

/**
 * The story in badges: each death, return and replay in order of time, then where it stands now. `hops` in order.
 * Repeats are told once.
 */
export function statesOf(hops: readonly Hop[], status: JourneyStatus): Journey['states'] {
  const states: Journey['states'] = [];
  for (const hop of hops) {
    const state = STATE[hop.kind];
    if (!state) continue;
    const last = states.at(-1);
    if (last?.status !== state) states.push({ status: state, provenance: hop.provenance });
    else if (hop.provenance === 'observed') last.provenance = 'observed';
  }
  if (states.at(-1)?.status !== status) states.push({ status, provenance: provenanceOf(hops, status) });
  return states.length <= MOST ? states : [...states.slice(0, 2), ...states.slice(2 - MOST)];
}

/** How the last state is known: by the latest hop that shows it. */
function provenanceOf(hops: readonly Hop[], status: JourneyStatus): 'observed' | 'inferred' {
  const kind = { delivered: 'delivery', settled: 'settlement', 'in flight': 'queue' }[String(status)];
  return hops.findLast((h) => h.kind === kind)?.provenance ?? 'inferred';
}
