/** What happened, as marks on the line of a queue, a vhost or all; what lies near is one mark. */
import type { ActReader } from '@/lib/audit/read.ts';
import type { HistoryMark, HistoryQuery } from '@/lib/model/history.ts';
import type { MomentKind } from '@/lib/model/moment.ts';
import type { MomentGroup, MomentStore } from '@/lib/store/moments.ts';
import type { StateStore } from '@/lib/store/state.ts';
import { actsIn } from '../moments/_acts.ts';

/** Stretches that marks are told apart by: about 12 px of a chart. */
const PLACES = 60;
const MOST_ACTS = 500;

/** The gravest first: of what lies near, it gives the mark its look. A queue's own are no news on the line of all. */
const ofAll: readonly MomentKind[] = [
  'broker away',
  'node down',
  'node restarted',
  'alarm set',
  'purge',
  'replay',
  'consumer gone',
  'publish',
  'hoplight started',
  'alarm cleared',
];
const ofQueue: readonly MomentKind[] = [...ofAll, 'queue deleted', 'queue declared', 'policy changed'];

const plural: Partial<Record<MomentKind, string>> = {
  'consumer gone': 'consumers went',
  publish: 'publishes by Hoplight',
  replay: 'replays and moves',
  purge: 'deletions of messages',
  'alarm set': 'alarms began',
  'alarm cleared': 'alarms ended',
  'node restarted': 'restarts of nodes',
};

/** Oldest first. Throws nothing: whom it is for was checked with the figures. */
export function marksOf(
  rt: { moments: Pick<MomentStore, 'grouped'>; state: Pick<StateStore, 'acts'> },
  session: ActReader,
  { vhost, queue }: Pick<HistoryQuery, 'vhost' | 'queue'>,
  from: number,
  to: number,
): HistoryMark[] {
  const kinds = queue === undefined ? ofAll : ofQueue;
  const width = (to - from) / PLACES;
  const vhosts = vhost === undefined ? session.vhosts : [vhost];
  const groups: Near[] = rt.moments.grouped({ vhosts, queue, kinds, from, to }, width);
  for (const { at, kind, words, href } of actsIn(rt, session, { vhost, queue }, from, to, MOST_ACTS))
    groups.push({ at, until: at, kind, words, href, count: 1 });
  return clustered(groups, width).map((near) => markOf(near, kinds));
}

/** What one sign stands for: each begins within `width` after the one before it ended, and all within twice that. */
function clustered(groups: readonly Near[], width: number): Near[][] {
  const clusters: Near[][] = [];
  let [begin, end] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const one of groups.toSorted((a, b) => a.at - b.at)) {
    if (one.at - end < width && one.at - begin < 2 * width) clusters.at(-1)?.push(one);
    else {
      clusters.push([one]);
      begin = one.at;
      end = one.until;
    }
    end = Math.max(end, one.until);
  }
  return clusters;
}

type Near = MomentGroup & { href?: string | null };

function markOf(near: readonly Near[], kinds: readonly MomentKind[]): HistoryMark {
  const byKind = Map.groupBy(near, ({ kind }) => kind);
  const [gravest = 'consumer gone', ...others] = kinds.filter((kind) => byKind.has(kind));
  const words = [gravest, ...others].flatMap((kind) => wordsOf(kind, byKind.get(kind) ?? []));
  const count = near.reduce((sum, one) => sum + one.count, 0);
  return {
    at: Math.min(...near.map(({ at }) => at)),
    until: Math.max(...near.map(({ until }) => until)),
    count,
    kind: gravest,
    words: words.join(' · '),
    href: byKind.get(gravest)?.find(({ href }) => href)?.href ?? null,
  };
}

function wordsOf(kind: MomentKind, of: readonly Near[]): string[] {
  const count = of.reduce((sum, one) => sum + one.count, 0);
  const [first] = of;
  if (!first) return [];
  return [count === 1 ? first.words : `${count.toLocaleString('en-US')} ${plural[kind] ?? `times: ${kind}`}`];
}
