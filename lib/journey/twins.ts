/**
 * Messages of equal content that carry no ID: told apart by their order, since a queue hands out what came first, first.
 *
 *   ●publish 1 ─▶▭billing ─▶ ● delivery 1          each pair a branch of its own; the pairing is inferred
 *        ●publish 2 ─▶▭billing ─▶ ● delivery 2
 */
import type { Fact } from '../model/fact.ts';
import { listOf } from './copies.ts';
import { byTime } from './hop.ts';
import { before, type Lineage, lineageOf } from './lineage.ts';

export interface Twin {
  /** '' for the first, so that a message that turns out to have twins keeps its hops' names. */
  name: string;
  facts: Fact[];
}

/** A message ID, or the span that its headers name as its sender, tells a message from others of the same content. */
export function isNamed(fact: Fact): boolean {
  return fact.ids.messageId !== undefined || fact.ids.spanId !== undefined || fact.source === 'otlp';
}

/** An ID that several messages may share, yet strangers' messages of the same content do not. */
export function isMarked({ ids }: Fact): boolean {
  return ids.traceId !== undefined || ids.xTraceId !== undefined || ids.correlationId !== undefined;
}

/**
 * The facts of one content, parted into messages. `ended`: by ID of a settlement, of the delivery that it ended. The
 * same for the same facts in any order; every fact goes into one twin.
 */
export function twinsOf(facts: readonly Fact[], ended: ReadonlyMap<string, string>): Twin[] {
  if (facts.some(isNamed) || !hasTwins(facts)) return [{ name: '', facts: [...facts] }];
  const sorter = new Sorter(ended);
  for (const fact of [...facts].sort(byTime)) sorter.add(fact);
  return sorter.twins;
}

/** More than one publish of the original, or a queue that handed it out twice without calling it redelivered. */
function hasTwins(facts: readonly Fact[]): boolean {
  let publishes = 0;
  const first = new Set<string>();
  for (const fact of facts) {
    if (fact.ids.replayId !== undefined) continue;
    if (fact.kind === 'published' && fact.source === 'firehose' && ++publishes > 1) return true;
    if (fact.kind !== 'delivered' || fact.source === 'read' || fact.redelivered || fact.deaths?.length)
      continue;
    const queue = fact.queue ?? '';
    if (first.has(queue)) return true;
    first.add(queue);
  }
  return false;
}

const DROPPED = ['expired', 'maxlen'];

class Sorter {
  readonly twins: Twin[] = [];
  readonly #ended: ReadonlyMap<string, string>;
  /** Each in the order of coming there: in a queue, handed out of it, dead and not seen since. By place or lineage. */
  readonly #waiting = new Map<string, Twin[]>();
  readonly #held = new Map<string, Twin[]>();
  readonly #dead = new Map<Lineage, Twin[]>();
  /** Publish not seen: the queues in which they were. */
  readonly #unseen = new Map<Twin, Set<string>>();
  readonly #replays = new Map<string, Twin>();
  readonly #of = new Map<string, Twin>();
  readonly #answered = new Set<Twin>();

  constructor(ended: ReadonlyMap<string, string>) {
    this.#ended = ended;
  }

  add(fact: Fact): void {
    const twin = this.#twinOf(fact) ?? this.#new(fact);
    twin.facts.push(fact);
    this.#of.set(fact.id, twin);
    if (fact.ids.replayId !== undefined) this.#replays.set(fact.ids.replayId, twin);
  }

  #new(fact: Fact): Twin {
    const twin: Twin = { name: this.twins.length === 0 ? '' : `#${fact.id}`, facts: [] };
    this.twins.push(twin);
    if (fact.kind === 'published')
      for (const queue of new Set(fact.routedQueues ?? []))
        put(this.#waiting, place(lineageOf(fact.deaths ?? []), queue), twin);
    if (fact.kind === 'delivered' && !fact.deaths?.length)
      this.#unseen.set(twin, new Set([fact.queue ?? '']));
    if (fact.kind === 'delivered')
      put(this.#held, place(lineageOf(fact.deaths ?? []), fact.queue ?? ''), twin);
    if (fact.kind === 'died') put(this.#dead, lineageOf(listOf(fact)), twin);
    return twin;
  }

  #twinOf(fact: Fact): Twin | undefined {
    const { replayId } = fact.ids;
    if (replayId !== undefined) return this.#replays.get(replayId) ?? this.#replayed(fact) ?? this.twins[0];
    switch (fact.kind) {
      case 'published':
        return fact.deaths?.length ? this.#dead.get(lineageOf(fact.deaths))?.[0] : undefined;
      case 'delivered':
        return fact.source === 'read' ? this.#read(fact) : this.#delivered(fact);
      case 'died':
        return this.#died(fact);
      case 'settled':
        return (
          this.#of.get(this.#ended.get(fact.id) ?? '') ??
          this.#held.get(place('', fact.queue ?? ''))?.at(-1) ??
          this.twins[0]
        );
      default:
        return this.#asked();
    }
  }

  #delivered(fact: Fact): Twin | undefined {
    const lineage = lineageOf(fact.deaths ?? []);
    const here = place(lineage, fact.queue ?? '');
    // who went back is not told: most likely the one that was handed out last
    if (fact.redelivered && this.#held.get(here)?.length) return this.#held.get(here)?.at(-1);
    const twin =
      this.#waiting.get(here)?.shift() ??
      this.#dead.get(lineage)?.shift() ??
      (fact.deaths?.length ? this.#die(fact) : this.#fanned(fact));
    if (twin) put(this.#held, here, twin);
    return twin;
  }

  /** One whose publish was not seen may have gone to this queue as well as to that in which it was seen. */
  #fanned(fact: Fact): Twin | undefined {
    const queue = fact.queue ?? '';
    const found = [...this.#unseen].find(([, queues]) => !queues.has(queue));
    found?.[1].add(queue);
    return found?.[0];
  }

  #read(fact: Fact): Twin | undefined {
    const lineage = lineageOf(fact.deaths ?? []);
    const here = place(lineage, fact.queue ?? '');
    return (
      this.#waiting.get(here)?.[0] ??
      this.#dead.get(lineage)?.[0] ??
      this.#held.get(here)?.at(-1) ??
      this.twins[0]
    );
  }

  #died(fact: Fact): Twin | undefined {
    const lineage = lineageOf(listOf(fact));
    const twin = this.#die(fact);
    if (twin) put(this.#dead, lineage, twin);
    return twin;
  }

  /** Who can have died so: of what a queue dropped the one that waited longest, of what was rejected the last handed out. */
  #die(fact: Fact): Twin | undefined {
    const list = listOf(fact);
    const [newest] = list;
    if (!newest) return undefined;
    const parent = lineageOf(before(list));
    const here = place(parent, newest.queue);
    const [waiting, held] = [this.#waiting.get(here), this.#held.get(here)];
    const found = DROPPED.includes(newest.reason)
      ? (waiting?.shift() ?? held?.pop())
      : (held?.pop() ?? waiting?.shift());
    return found ?? this.#dead.get(parent)?.shift();
  }

  #replayed(fact: Fact): Twin | undefined {
    const told = lineageOf(fact.deaths ?? []);
    const here = place(told, fact.replay?.fromQueue ?? fact.queue ?? '');
    return this.#dead.get(told)?.shift() ?? this.#waiting.get(here)?.shift() ?? this.#held.get(here)?.pop();
  }

  /** Answers come in the order of publishing. */
  #asked(): Twin | undefined {
    const twin = this.twins.find((one) => !this.#answered.has(one)) ?? this.twins[0];
    if (twin) this.#answered.add(twin);
    return twin;
  }
}

function place(lineage: Lineage, queue: string): string {
  return `${JSON.stringify(queue)} ${lineage}`;
}

function put(lists: Map<string, Twin[]>, key: string, twin: Twin): void {
  const list = lists.get(key);
  if (list) list.push(twin);
  else lists.set(key, [twin]);
}
