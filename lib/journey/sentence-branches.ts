/** How each branch of a fan-out ended, in words, the worst first: "it died in billing (rejected: timeout), waits in search". */
import type { Hop, SentencePart } from '../model/journey.ts';
import { isLost } from './happenings.ts';

type Part = SentencePart | string;

/** Worst first. */
const ORDER = ['died', 'lost', 'waits', 'should wait', 'delivered', 'settled'] as const;
type Ending = (typeof ORDER)[number];

interface Branch {
  ending: Ending;
  queue: string;
  /** Reason and error of a death. */
  cause: Part[];
  /** The hops that it tells; those from a replay on are told by themselves. */
  hops: Hop[];
}

/** Queues named of one ending before the rest is counted. */
const MOST = 4;

/** The branches that begin at `publishes`: one a queue that each reached. */
export function branchesOf(publishes: readonly Hop[], next: ReadonlyMap<string, Hop[]>): Branch[] {
  return publishes.flatMap((publish) =>
    (next.get(publish.id) ?? []).filter((hop) => hop.kind === 'queue').map((queue) => branch(queue, next)),
  );
}

function branch(from: Hop, next: ReadonlyMap<string, Hop[]>): Branch {
  const hops: Hop[] = [];
  const seen = new Set<string>();
  const stack = [from];
  for (let hop = stack.pop(); hop; hop = stack.pop()) {
    if (seen.has(hop.id)) continue;
    seen.add(hop.id);
    hops.push(hop);
    for (const after of next.get(hop.id) ?? [])
      if (after.kind !== 'replay' && after.kind !== 'publish') stack.push(after);
  }
  const leads = new Set(hops.flatMap((h) => h.from));
  const deaths = hops.filter((h) => h.kind === 'death').sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const ends = hops.filter((h) => !leads.has(h.id)).map((end) => endingOf(end, deaths));
  const ending = ORDER.find((one) => ends.includes(one)) ?? 'waits';
  const death = deaths.at(-1);
  const queue =
    (ending === 'died' ? death?.queue : hops.find((h) => !leads.has(h.id))?.queue) ?? from.queue ?? '';
  return { ending, queue, cause: ending === 'died' ? causeOf(death) : [], hops };
}

function endingOf(end: Hop, deaths: readonly Hop[]): Ending {
  if (end.kind === 'death') return 'died';
  if (end.kind === 'settlement') return 'settled';
  if (end.kind === 'delivery') return 'delivered';
  if (deaths.some((death) => end.from.includes(death.id))) return 'died';
  if (isLost(end)) return 'lost';
  return end.provenance === 'observed' ? 'waits' : 'should wait';
}

function causeOf(death: Hop | undefined): Part[] {
  if (!death) return [];
  const reason = death.reason ?? 'unknown';
  return death.error ? [` (${reason}: `, { text: death.error, mark: 'dead' }, ')'] : [` (${reason})`];
}

const SAYS: Record<Ending, string> = {
  died: 'died in',
  lost: 'was lost with',
  waits: 'waits in',
  'should wait': 'should wait in',
  delivered: 'was delivered from',
  settled: 'settled from',
};
const SAY_MANY: Record<Ending, string> = {
  died: 'died in',
  lost: 'were lost with',
  waits: 'wait in',
  'should wait': 'should wait in',
  delivered: 'were delivered from',
  settled: 'settled from',
};

/** All endings in one breath. `counted`: of several messages, so that each ending says how many. */
export function endings(branches: readonly Branch[], counted: boolean): Part[] {
  const parts: Part[] = [];
  for (const ending of ORDER) {
    const own = branches.filter((b) => b.ending === ending).sort((a, b) => (a.queue < b.queue ? -1 : 1));
    if (own.length === 0) continue;
    if (parts.length > 0) parts.push(', ');
    if (counted)
      parts.push(
        `${own.length.toLocaleString('en-US')} ${own.length === 1 ? SAYS[ending] : SAY_MANY[ending]} `,
      );
    else parts.push(`${parts.length === 0 ? 'it ' : ''}${SAYS[ending]} `);
    parts.push(...queues(own));
  }
  return parts;
}

/** Each queue once, with the cause of the latest that has one. */
function queues(own: readonly Branch[]): Part[] {
  const byQueue = new Map<string, Part[]>();
  for (const { queue, cause } of own)
    byQueue.set(queue, cause.length > 0 ? cause : (byQueue.get(queue) ?? []));
  const shown = [...byQueue].slice(0, MOST);
  const more = byQueue.size - shown.length;
  return shown.flatMap(([queue, cause], i): Part[] => {
    const last = i === shown.length - 1;
    const before = i === 0 ? '' : last && more === 0 ? ' and ' : ', ';
    const after = last && more > 0 ? ` and ${more.toLocaleString('en-US')} more` : '';
    return [before, { text: queue, mark: 'name' }, ...cause, after];
  });
}
