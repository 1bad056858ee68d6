/** What each part of the picture is read from, how fresh it is, and what it costs the broker. Pure. */
import type { ReadingCost } from '../model/live.ts';
import { type Part, paceOf, type Reading } from './reading.ts';

const parts: readonly [ReadingCost['what'], keyof Reading, string, number][] = [
  ['depths', 'totals', '/api/queues in totals mode', 4],
  ['rates', 'queues', '/api/queues', 10],
  ['consumers', 'consumers', '/api/consumers', 4],
  ['channels', 'channels', '/api/channels', 10],
  ['connections', 'connections', '/api/connections', 10],
  ['nodes', 'nodes', '/api/nodes', 10],
  ['topology', 'bindings', '/api/exchanges, /api/bindings, /api/policies', 10],
];

/** `everyMs`: the pace that was asked for; of topology it is slower. */
export function costsOf(reading: Reading, everyMs: number, topologyMs: number): ReadingCost[] {
  return parts.map(([what, key, from, share]) => {
    const part: Part<unknown> = reading[key];
    return {
      what,
      from,
      readAt: part.failed ? null : part.askedAt,
      tookMs: part.tookMs,
      everyMs: paceOf(part, what === 'topology' ? topologyMs : everyMs, share),
    };
  });
}
