/** Which hop is chosen, and to which one the arrow keys go. Pure. */
import type { Hop, Journey } from '@/lib/model/journey';

/** The hop that says most when nobody chose one: where it died, was returned, or went last. */
export function firstChoice(journey: Journey): Hop | null {
  const last = (kind: Hop['kind']) => journey.hops.findLast((h) => h.kind === kind);
  if (journey.status === 'dead') return last('death') ?? journey.hops.at(-1) ?? null;
  if (journey.status === 'returned') return last('return') ?? journey.hops.at(-1) ?? null;
  const leads = new Set(journey.hops.flatMap((h) => h.from));
  if (journey.status === 'in flight') {
    const waiting = journey.hops.findLast((h) => h.kind === 'queue' && !leads.has(h.id));
    if (waiting) return waiting;
  }
  return journey.hops.findLast((h) => h.kind !== 'queue') ?? journey.hops.at(-1) ?? null;
}

/** ← → in the order of time; ↑ ↓ to the row above or below, there to the hop nearest in time. */
export function walk(journey: Journey, from: Hop | null, key: string): Hop | null {
  const { hops } = journey;
  const at = from ? hops.findIndex((h) => h.id === from.id) : -1;
  if (key === 'ArrowRight') return hops[Math.min(at + 1, hops.length - 1)] ?? null;
  if (key === 'ArrowLeft') return hops[Math.max(at - 1, 0)] ?? null;
  if (key === 'Home') return hops[0] ?? null;
  if (key === 'End') return hops.at(-1) ?? null;
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return null;
  const row = journey.rows.findIndex((r) => r.id === from?.row);
  const to = journey.rows[row + (key === 'ArrowDown' ? 1 : -1)];
  if (!to || !from) return null;
  const there = hops.map((hop, i) => ({ hop, far: Math.abs(i - at) })).filter(({ hop }) => hop.row === to.id);
  return there.sort((a, b) => a.far - b.far)[0]?.hop ?? null;
}
