import type { Death } from '../model/death.ts';
import type { Fact } from '../model/fact.ts';
import { byTime } from './hop.ts';
import { before, type Lineage, lineageOf, newestAt, totalDeaths } from './lineage.ts';

/**
 * A message's facts sorted into its copies. A *copy* is what one publish put on its way: the original (`replayId` '')
 * or what a replay sent. Within a copy a *stay* is one time in one queue between two deaths:
 *
 *   publish ─▶ stay in billing (2 deliveries) ─ death ─▶ stay in billing.dead ─ replay ─▶ …the replay's own copy
 */
export interface Copy {
  replayId: string;
  /** Publishes of it, oldest first; several when a client (or a crash) published the same again. */
  published: Fact[];
  /** Our own publisher's and replay's facts about it, oldest first. */
  ours: Fact[];
  answers: Fact[];
  replays: Fact[];
  settled: Fact[];
  stays: Stay[];
  /** The same stays by lineage and queue, in the order of their making. */
  staysIn: Map<string, Stay[]>;
  /** By the lineage that they led to. */
  deaths: Map<Lineage, CopyDeath>;
}

export interface Stay {
  lineage: Lineage;
  queue: string;
  deliveries: Fact[];
  /** Our own readings of it in this queue. */
  reads: Fact[];
  death: CopyDeath | null;
  replay: Fact | null;
}

export interface CopyDeath {
  /** The x-death list after it, newest first. */
  list: Death[];
  newest: Death;
  /** Lineages after and before. */
  lineage: Lineage;
  parent: Lineage;
  /** Seen by a dead-letter tap, oldest first; none: only read off x-death of `told`. */
  seen: Fact[];
  /** A fact whose message carries this list, the earliest. */
  told: Fact | null;
}

/** How many deaths back an x-death list is unfolded into hops: a ring may have gone round a thousand times. */
const UNFOLD = 24;

export function copiesOf(facts: readonly Fact[]): Copy[] {
  const copies = new Map<string, Copy>();
  const copyOf = (replayId: string): Copy => {
    const known = copies.get(replayId);
    if (known) return known;
    const copy: Copy = {
      replayId,
      published: [],
      ours: [],
      answers: [],
      replays: [],
      settled: [],
      stays: [],
      staysIn: new Map(),
      deaths: new Map(),
    };
    copies.set(replayId, copy);
    return copy;
  };
  const delivered: [Copy, Fact][] = [];
  for (const fact of [...facts].sort(byTime)) {
    const copy = copyOf(fact.ids.replayId ?? '');
    switch (fact.kind) {
      case 'published':
        (fact.source === 'firehose' || fact.source === 'otlp' ? copy.published : copy.ours).push(fact);
        noteDeaths(copy, fact);
        break;
      case 'delivered':
        delivered.push([copy, fact]);
        noteDeaths(copy, fact);
        break;
      case 'died':
        noteDeaths(copy, fact);
        break;
      case 'replayed':
        copy.replays.push(fact);
        break;
      case 'settled':
        copy.settled.push(fact);
        break;
      default:
        copy.answers.push(fact);
    }
  }
  for (const [copy, fact] of delivered) place(copy, fact);
  for (const copy of [...copies.values()])
    for (const replay of copy.replays) noteRead(copies, copyOf, replay);
  return [...copies.values()].sort((a, b) => (a.replayId < b.replayId ? -1 : 1));
}

/** The letter that a replay read told of its deaths: those of the copy that it read, where nobody saw them. */
function noteRead(copies: ReadonlyMap<string, Copy>, copyOf: (id: string) => Copy, replay: Fact): void {
  if (!replay.deaths?.length) return;
  const lineage = lineageOf(replay.deaths);
  const others = [...copies.values()].filter((c) => c.replayId !== replay.ids.replayId);
  if (others.some((c) => c.deaths.has(lineage))) return;
  const begun = (copy: Copy) =>
    (copy.published[0] ?? copy.replays[0] ?? copy.stays[0]?.deliveries[0])?.at ?? 0;
  const before = others.filter((c) => begun(c) <= replay.at).sort((a, b) => begun(a) - begun(b));
  noteDeaths(before.at(-1) ?? copyOf(''), replay);
}

/** Registers every death in the fact's list, the earlier ones unfolded from it. */
function noteDeaths(copy: Copy, fact: Fact): void {
  const observed = fact.kind === 'died' && fact.source === 'dead-letter-tap';
  let list = listOf(fact);
  for (let back = 0; list.length > 0 && back < UNFOLD; back++) {
    const [newest] = list;
    if (!newest) return;
    const earlier = before(list);
    const lineage = lineageOf(list);
    const known = copy.deaths.get(lineage);
    const death = known ?? {
      list,
      newest,
      lineage,
      parent: lineageOf(earlier),
      seen: [],
      told: null,
    };
    if (!known) copy.deaths.set(lineage, death);
    if (back === 0) {
      // the list itself is better evidence for which death was the newest than one unfolded from a later list
      Object.assign(death, { list, newest, parent: lineageOf(earlier) });
      if (observed) death.seen.push(fact);
      else death.told ??= fact;
    } else death.told ??= fact;
    // an earlier fact told of it: what was before it is known already
    if (known && back > 0) return;
    list = earlier;
  }
}

/** A death that came without x-death is told by the fact's own queue and words. */
export function listOf(fact: Fact): Death[] {
  if (fact.deaths?.length) return fact.deaths;
  if (fact.kind !== 'died' || fact.queue === undefined) return [];
  return [
    {
      queue: fact.queue,
      reason: fact.detail ?? 'unknown',
      count: 1,
      exchange: '',
      routingKeys: [],
      at: Math.floor(fact.at / 1000) * 1000,
    },
  ];
}

/** A stream gives a message to whoever reads it, and keeps it: each delivery is one more out of the same stay. */
export function isStreamed(fact: Fact): boolean {
  return fact.message?.headers.some(({ name }) => name === 'x-stream-offset') ?? false;
}

/** Puts a delivery into its stay: a new stay begins with each delivery that the broker does not call redelivered. */
function place(copy: Copy, fact: Fact): void {
  const queue = fact.queue ?? '';
  const lineage = lineageOf(fact.deaths ?? []);
  const reading = fact.source === 'read';
  const last = staysIn(copy, lineage, queue).at(-1);
  // a span does not say whether it was redelivered: a second consumer's span in the same queue is taken for that
  const told = fact.source === 'otlp' || fact.redelivered === true;
  const again = last && (reading || told || last.deliveries.length === 0 || isStreamed(fact));
  const stay = again ? last : newStay(copy, lineage, queue);
  (reading ? stay.reads : stay.deliveries).push(fact);
}

export function newStay(copy: Copy, lineage: Lineage, queue: string): Stay {
  const stay: Stay = { lineage, queue, deliveries: [], reads: [], death: null, replay: null };
  copy.stays.push(stay);
  const key = placeKey(lineage, queue);
  const list = copy.staysIn.get(key);
  if (list) list.push(stay);
  else copy.staysIn.set(key, [stay]);
  return stay;
}

/** The copy's stays in that queue with those deaths behind it. */
export function staysIn(copy: Copy, lineage: Lineage, queue: string): readonly Stay[] {
  return copy.staysIn.get(placeKey(lineage, queue)) ?? [];
}

function placeKey(lineage: Lineage, queue: string): string {
  return `${JSON.stringify(queue)} ${lineage}`;
}

/** When the death happened, ms: the tap's time, else x-death's where it is of this very death, else null. */
export function timeOf(death: CopyDeath): number | null {
  return death.seen[0]?.at ?? newestAt(death.list);
}

/** Deaths in the order in which they can have happened: fewer before more, then by time and name. */
export function deathsInOrder(copy: Copy): CopyDeath[] {
  return [...copy.deaths.values()].sort(
    (a, b) =>
      totalDeaths(a.list) - totalDeaths(b.list) ||
      (timeOf(a) ?? 0) - (timeOf(b) ?? 0) ||
      (a.lineage < b.lineage ? -1 : 1),
  );
}
