import type { Hop, SentencePart } from '../model/journey.ts';
import { isLost } from './happenings.ts';
import { branchesOf, endings } from './sentence-branches.ts';

type Part = SentencePart | string;
const name = (text: string): SentencePart => ({ text, mark: 'name' });

/** Queues that one publish reached from which on their ends are told together, and messages likewise. */
const FAN = 3;
const MOST_MESSAGES = 3;
/** Steps told before the middle is left out: the beginning, and the end that matters. */
const MOST = 7;

/**
 * What happened, in words: who published it where, what it died of, who sent it back, where it is. `hops` in order
 * of time; `unnamed`: the messages carry no ID and are told apart by their order. Names and causes are parts of their own, so that nobody has to find them in prose.
 */
export function sentenceOf(hops: readonly Hop[], messages: number, unnamed = false): SentencePart[] {
  const told: Part[][] = [];
  const first = hops.find((h) => h.kind === 'publish');
  const next = nextOf(hops);
  const many = messages > MOST_MESSAGES;
  const publishes = many ? hops.filter((h) => h.kind === 'publish') : first ? [first] : [];
  const branches = branchesOf(publishes, next);
  const fan = many ? branches.length > 0 : branches.length >= FAN;
  if (messages > 1) {
    const ends = fan && many ? [': ', ...endings(branches, true)] : [];
    told.push([`The ${unnamed ? 'journey' : 'trace'} holds ${counted(messages, 'message')}`, ...ends, '.']);
  }
  if (first)
    told.push(
      published(first, messages > 1 ? 'the first' : 'it', fan && !many ? endings(branches, false) : []),
    );
  const leads = new Set(hops.flatMap((h) => h.from));
  // what the branches tell is not told again
  const inBranches = new Set(fan ? branches.flatMap((b) => b.hops) : []);
  const kept = merged(stepsOf(hops, leads, inBranches));
  if (kept.length > MOST) {
    const left = kept.length - MOST + 1;
    told.push(...kept.slice(0, 2), [`After ${counted(left, 'more step')}:`], ...kept.slice(2 - MOST + 1));
  } else told.push(...kept);
  return joined(told);
}

function nextOf(hops: readonly Hop[]): Map<string, Hop[]> {
  const next = new Map<string, Hop[]>();
  for (const hop of hops)
    for (const from of hop.from) {
      const list = next.get(from);
      if (list) list.push(hop);
      else next.set(from, [hop]);
    }
  return next;
}

/** Each step's sentence; deliveries (or waits) that end several branches in a row are told in one. */
function stepsOf(hops: readonly Hop[], leads: ReadonlySet<string>, told: ReadonlySet<Hop>): Part[][] {
  const byId = new Map(hops.map((h) => [h.id, h]));
  const steps: Part[][] = [];
  const ends = { kind: '', queues: [] as string[] };
  const tell = () => {
    if (ends.queues.length > 0) steps.push(ended(ends.kind, ends.queues));
    ends.queues = [];
  };
  for (const hop of hops) {
    if (told.has(hop)) continue;
    const end = !leads.has(hop.id) && !isLost(hop) && (hop.kind === 'delivery' || hop.kind === 'queue');
    if (end) {
      const kind = `${hop.kind} ${hop.kind === 'queue' ? hop.provenance : ''}`.trim();
      if (kind !== ends.kind) tell();
      ends.kind = kind;
      if (!ends.queues.includes(hop.queue ?? '')) ends.queues.push(hop.queue ?? '');
      continue;
    }
    const parts = step(hop, hops, byId);
    if (!parts) continue;
    tell();
    steps.push(parts);
  }
  tell();
  return steps;
}

function ended(kind: string, queues: readonly string[]): Part[] {
  const words =
    kind === 'delivery'
      ? 'It was delivered from '
      : kind === 'queue observed'
        ? 'It waits in '
        : 'It should wait in ';
  const shown = queues.slice(0, 6);
  const names = shown.flatMap((queue, i): Part[] => {
    const more = queues.length - shown.length;
    const last = i === shown.length - 1 && more === 0;
    return i === 0 ? [name(queue)] : [last ? ' and ' : ', ', name(queue)];
  });
  const rest = queues.length - shown.length;
  return [words, ...names, rest > 0 ? ` and ${counted(rest, 'more queue')}.` : '.'];
}

function published(hop: Hop, what: string, ends: Part[]): Part[] {
  const to: Part[] =
    hop.exchange === ''
      ? [' straight to queue ', name(hop.routingKeys[0] ?? '')]
      : [' to ', name(hop.exchange ?? '')];
  const who = hop.message?.properties.appId ?? hop.user;
  if (hop.provenance === 'inferred') return ['It was published', ...to, '; nobody saw it.'];
  const reached =
    hop.exchange === '' || hop.outcome === 'returned' || hop.routedQueues.length === 0
      ? []
      : hop.routedQueues.length === 1
        ? [', which reached ', name(hop.routedQueues[0] ?? '')]
        : [`, which reached ${spelled(hop.routedQueues.length)} queues`];
  const then = ends.length > 0 ? [': ', ...ends] : [];
  return [
    ...(who ? [name(who), ` published ${what}`] : ['It was published']),
    ...to,
    ...reached,
    ...then,
    '.',
  ];
}

/** A step's sentence, or nothing for hops that need no words. */
function step(hop: Hop, hops: readonly Hop[], byId: ReadonlyMap<string, Hop>): Part[] | null {
  const queue = name(hop.queue ?? '');
  switch (hop.kind) {
    case 'return':
      return [
        { text: 'No queue took it', mark: 'returned' },
        hop.source === 'publisher' || hop.source === 'replay' ? ': the broker returned it.' : '.',
      ];
    case 'death':
      return death(hop, byId);
    case 'retry':
      if (hop.reason === 'republished') return ['A service published it again for another try.'];
      return hop.death ? ['It came back out of ', queue, '.'] : null;
    case 'replay':
      return replay(hop, hops);
    case 'settlement':
      return [{ text: 'It settled', mark: 'settled' }, ' from ', queue, '.'];
    case 'queue':
      return isLost(hop) ? ['Queue ', queue, ' was deleted while it lay there.'] : null;
    default:
      return null;
  }
}

function death(hop: Hop, byId: ReadonlyMap<string, Hop>): Part[] {
  const queue = name(hop.queue ?? '');
  const delivery = hop.from.map((id) => byId.get(id)).find((h) => h?.kind === 'delivery');
  const nth = delivery?.attempt ? ` on its ${nthWord(delivery.attempt)} delivery` : '';
  const error: Part[] = hop.error ? [': ', { text: hop.error, mark: 'dead' }] : [];
  if (hop.reason === 'parked') return ['A service put it aside', ...error, '.'];
  if (hop.reason === 'rejected') return ['A consumer of ', queue, ` rejected it${nth}`, ...error, '.'];
  if (hop.reason === 'expired') return ['It expired in ', queue, ...error, '.'];
  if (hop.reason === 'maxlen') return [queue, ' was over its length limit and gave it up', ...error, '.'];
  if (hop.reason === 'delivery_limit') return [queue, ' gave it up at its delivery limit', ...error, '.'];
  return ['It died in ', queue, ` (${hop.reason ?? 'unknown'})`, ...error, '.'];
}

function replay(hop: Hop, hops: readonly Hop[]): Part[] {
  const by = hop.replay?.by;
  const who: Part[] = by ? [{ text: by, mark: 'who' }, ' '] : ['A replay '];
  const died = hops.findLast((h) => h.kind === 'death' && h.at !== null && h.at <= (hop.at ?? 0));
  const later = died?.at && hop.at ? ` ${roughly(hop.at - died.at)} later` : '';
  const verb = by ? 'replayed it' : 'sent it back';
  return [...who, { text: verb, mark: 'replayed' }, `${later}.`];
}

/** Equal steps that follow each other are told once, with how often. */
function merged(steps: readonly Part[][]): Part[][] {
  const out: { key: string; parts: Part[]; times: number }[] = [];
  for (const parts of steps) {
    const key = JSON.stringify(parts);
    const last = out.at(-1);
    if (last?.key === key) last.times++;
    else out.push({ key, parts, times: 1 });
  }
  return out.map(({ parts, times }) =>
    times === 1 ? parts : [...parts.slice(0, -1), `, ${spelled(times)} times.`],
  );
}

function joined(sentences: readonly Part[][]): SentencePart[] {
  const out: SentencePart[] = [];
  sentences.forEach((parts, i) => {
    for (const part of i === 0 ? parts : [' ', ...parts]) {
      const one = typeof part === 'string' ? { text: part } : part;
      const last = out.at(-1);
      if (last && !last.mark && !one.mark) last.text += one.text;
      else if (one.text !== '') out.push({ ...one });
    }
  });
  return out;
}

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const NTH = [
  '',
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
];

function spelled(n: number): string {
  return WORDS[n] ?? n.toLocaleString('en-US');
}

function nthWord(n: number): string {
  return NTH[n] ?? `${n.toLocaleString('en-US')}th`;
}

function counted(n: number, noun: string): string {
  return `${spelled(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** "40 min", "3 h", "12 s", "80 ms": for prose, one figure. */
export function roughly(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 90_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 90 * 60_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 36 * 3_600_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} days`;
}
