/** The journey as a list from top to bottom, for phones, and for whoever reads rather than looks. Pure. */

import { placeInTime } from '@/lib/journey/order';
import type { Gap } from '@/lib/model/fact';
import type { Hop, Journey } from '@/lib/model/journey';
import { isBand } from './gap-words';
import { pillText } from './strip/time-words';

export type ListItem =
  | { kind: 'time'; key: string; at: number }
  | { kind: 'hop'; key: string; hop: Hop; branch: boolean; time: string }
  | { kind: 'wait'; key: string; ms: number }
  | { kind: 'gap'; key: string; gap: Gap };

const LONG_MS = 10_000;

/**
 * Every hop but waits that ended (their length stands with the delivery after them), a time line at the start and
 * after each long wait, gaps where they fell. A branch is a row other than the one with the longest story.
 */
export function listItems(journey: Journey): ListItem[] {
  const place = placeInTime(journey.hops, journey.firstAt);
  const leads = new Set(journey.hops.flatMap((h) => h.from));
  const branches = branchRows(journey);
  const gaps = journey.gaps.filter(isBand);
  const items: ListItem[] = [];
  let last: number | null = null;
  for (const hop of journey.hops) {
    if (hop.kind === 'queue' && leads.has(hop.id)) continue;
    const at = place.get(hop.id) ?? journey.firstAt;
    const long = last !== null && at - last > LONG_MS;
    if (long && last !== null) items.push({ kind: 'wait', key: `wait ${hop.id}`, ms: at - last });
    for (let gap = gaps[0]; gap && gap.from <= at && last !== null; gap = gaps[0]) {
      items.push({ kind: 'gap', key: `gap ${gap.id}`, gap });
      gaps.shift();
    }
    if (last === null || long) items.push({ kind: 'time', key: `time ${hop.id}`, at });
    const second = last === null || Math.floor(at / 1000) === Math.floor(last / 1000);
    const time = hop.at === null ? '' : second ? pillText(hop.at).slice(2) : pillText(hop.at);
    items.push({ kind: 'hop', key: hop.id, hop, branch: branches.has(hop.row), time });
    last = at;
  }
  for (const gap of gaps) items.push({ kind: 'gap', key: `gap ${gap.id}`, gap });
  return items;
}

/** Rows of queues beside the main way: all but the one with most hops, what is behind it, and exchanges. */
function branchRows(journey: Journey): Set<string> {
  const queues = journey.rows.filter((r) => r.kind === 'queue');
  const hops = (id: string) => journey.hops.filter((h) => h.row === id).length;
  const [main] = [...queues].sort((a, b) => hops(b.id) - hops(a.id) || (a.id < b.id ? -1 : 1));
  return new Set(queues.filter((r) => r !== main && !r.deadLetters).map((r) => r.id));
}
