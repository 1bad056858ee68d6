/** What each part of the picture is read from, how fresh it is, and what it costs. Pure. */
import type { ReadingCost } from '../model/live.ts';
import type { Details } from './details.ts';
import { needsLists, type Part, type PartName, type Reading } from './reading.ts';

type Row = readonly [what: ReadingCost['what'], part: PartName, from: string];

const always: readonly Row[] = [
  ['consumers', 'consumers', '/api/consumers'],
  ['channels', 'channels', '/api/channels'],
  ['connections', 'connections', '/api/connections'],
  ['nodes', 'nodes', '/api/nodes'],
  ['topology', 'topology', '/api/exchanges, /api/bindings'],
];

const TOTALS = '/api/queues in totals mode';
export const DETAILS = '/api/queues/{vhost}/{name}';

/**
 * `tookMs` is the broker's time and ours, from the question to the parsed answer. `details`: what is read of single queues
 * where the common reading does not tell it; null: it does.
 */
export function costsOf(
  reading: Reading,
  details: Pick<Details, 'last' | 'everyMs'> | null = null,
): ReadingCost[] {
  const queues = queueRows(reading).map((row) => costOf(reading, row));
  const one: ReadingCost[] = details
    ? [
        {
          what: 'details',
          from: `${DETAILS}, of queues that somebody looks at`,
          ...details.last(),
          everyMs: details.everyMs(),
        },
      ]
    : [];
  return [...queues, ...one, ...always.map((row) => costOf(reading, row))];
}

function costOf(reading: Reading, [what, name, from]: Row): ReadingCost {
  const part: Part<unknown> = name === 'topology' ? reading.bindings : reading[name];
  return {
    what,
    from,
    readAt: part.failed ? null : part.askedAt,
    tookMs: part.tookMs,
    everyMs: reading.pace.everyMs.get(name) ?? 0,
  };
}

function queueRows(r: Reading): Row[] {
  if (needsLists(r))
    return [
      ['depths', 'totals', TOTALS],
      ['rates', 'queues', '/api/queues'],
    ];
  const nodes = r.figures.value?.nodes ?? 0;
  const from = `Prometheus metrics of ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  return [
    ['depths', 'figures', from],
    ['rates', 'figures', from],
    ['definitions', 'totals', TOTALS],
    ...(r.pace.everyMs.has('queues') ? [['bytes', 'queues', '/api/queues'] as const] : []),
  ];
}
