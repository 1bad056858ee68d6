import type { Hop, JourneyRow } from '../model/journey.ts';
import type { Parks } from './way.ts';

/** `ex:NAME` or `q:NAME`; hops of another vhost than the journey's own carry it, so that names do not meet. */
export function rowId(kind: 'ex' | 'q', vhost: string, name: string, main: string): string {
  return vhost === main ? `${kind}:${name}` : `${kind}@${encodeURIComponent(vhost)}:${name}`;
}

/** The row in which a hop is drawn: publishes and returns at their exchange, all else at its queue. */
export function rowOf(hop: Hop, main: string): string {
  const atExchange = hop.kind === 'publish' || hop.kind === 'return' || hop.queue === null;
  return atExchange
    ? rowId('ex', hop.vhost, hop.exchange ?? '', main)
    : rowId('q', hop.vhost, hop.queue ?? '', main);
}

/**
 * The strip's rows, in the order in which one reads them: an exchange, then each queue that it led to with the queues
 * behind it (dead letters under the queue they died in), the branch with the longest story first.
 */
export function rowsOf(hops: readonly Hop[], parks?: Parks): JourneyRow[] {
  const next = new Map<string, Hop[]>();
  for (const hop of hops) {
    for (const from of hop.from) {
      const list = next.get(from);
      if (list) list.push(hop);
      else next.set(from, [hop]);
    }
  }
  const busy = new Map<string, number>();
  for (const hop of hops) busy.set(hop.row, (busy.get(hop.row) ?? 0) + 1);
  const dead = deadLetterRows(hops, parks);

  const rows = new Map<string, JourneyRow>();
  const seen = new Set<string>();
  const walk = (start: Hop) => {
    const stack = [start];
    for (let hop = stack.pop(); hop; hop = stack.pop()) {
      if (seen.has(hop.id)) continue;
      seen.add(hop.id);
      if (!rows.has(hop.row)) {
        const exchange = hop.row.startsWith('ex');
        rows.set(hop.row, {
          id: hop.row,
          kind: exchange ? 'exchange' : 'queue',
          name: (exchange ? hop.exchange : hop.queue) ?? '',
          vhost: hop.vhost,
          deadLetters: dead.has(hop.row),
        });
      }
      const after = next.get(hop.id) ?? [];
      const by = (h: Hop) => (h.row === hop.row ? Number.MAX_SAFE_INTEGER : (busy.get(h.row) ?? 0));
      // the last on the stack is walked first: the same row, then the busiest
      stack.push(...[...after].sort((a, b) => by(a) - by(b) || (a.row < b.row ? 1 : -1)));
    }
  };
  for (const hop of hops) if (hop.from.length === 0) walk(hop);
  for (const hop of hops) walk(hop);
  return [...rows.values()];
}

/** Queues in which a message waits because it died, unless it only ever passed through them on a retry ring. */
function deadLetterRows(hops: readonly Hop[], parks?: Parks): Set<string> {
  const byId = new Map(hops.map((h) => [h.id, h]));
  const dead = new Set<string>();
  const other = new Set<string>();
  for (const hop of hops) {
    if (hop.kind === 'queue') {
      const died =
        hop.from.some((id) => byId.get(id)?.kind === 'death') ||
        (parks?.(hop.vhost, hop.queue ?? '') ?? false);
      (died ? dead : other).add(hop.row);
    }
    if (hop.kind === 'retry' && hop.death) other.add(hop.row);
  }
  return new Set([...dead].filter((row) => !other.has(row)));
}
