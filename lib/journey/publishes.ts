import type { Fact, FactSource, Precision } from '../model/fact.ts';
import type { Copy } from './copies.ts';
import { type Lineage, lineageOf } from './lineage.ts';

/** One publish, folded from what the firehose saw and what our own publisher or replay knows of it. */
export interface Publish {
  /** The fact that tells most. */
  fact: Fact;
  tapped: Fact | null;
  ours: Fact | null;
  replay: Fact | null;
  /** What the broker answered our publisher; a return counts before the confirm that follows it. */
  answer: Fact | null;
  at: number | null;
  precision: Precision;
  source: FactSource;
  exchange: string;
  routingKeys: string[];
  /** Deaths that its headers carried along: a client published a dead letter again. */
  lineage: Lineage;
}

/**
 * The publishes of a copy, oldest first. The kth that the firehose saw on an exchange is the kth that our publisher
 * (or replay) sent there: both lists are in the order of sending. Ours knows the exact time, the tap where it went.
 */
export function publishesOf(copy: Copy): Publish[] {
  const made: Publish[] = [];
  const open = [...copy.published];
  const answers = [...copy.answers];
  for (const fact of [...copy.ours, ...copy.replays].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))) {
    const at = open.findIndex((p) => (fact.exchange ?? p.exchange) === p.exchange);
    const [tapped = null] = at < 0 ? [] : open.splice(at, 1);
    const isReplay = fact.kind === 'replayed';
    made.push(fold(fact, tapped, isReplay ? null : fact, isReplay ? fact : null));
  }
  for (const tapped of open) made.push(fold(tapped, tapped, null, null));
  made.sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || (a.fact.id < b.fact.id ? -1 : 1));
  giveAnswers(made, answers);
  return made;
}

function fold(fact: Fact, tapped: Fact | null, ours: Fact | null, replay: Fact | null): Publish {
  return {
    fact,
    tapped,
    ours,
    replay,
    answer: null,
    at: fact.at,
    precision: fact.precision,
    source: fact.source,
    exchange: tapped?.exchange ?? fact.exchange ?? '',
    routingKeys: tapped?.routingKeys ?? fact.routingKeys ?? [],
    lineage: lineageOf(tapped?.deaths ?? ours?.deaths ?? []),
  };
}

const RANK = { returned: 0, refused: 1, confirmed: 2, unanswered: 3 };

/** Each of our own publishes gets its answer in the order of sending; of a return and its confirm, the return. */
function giveAnswers(made: readonly Publish[], answers: readonly Fact[]): void {
  const mine = made.filter((p) => p.ours || p.replay);
  const asked = mine.length > 0 ? mine : made;
  const left = [...answers].sort((a, b) => a.at - b.at || rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  for (const publish of asked) {
    const first = left.findIndex((a) => (a.exchange ?? publish.exchange) === publish.exchange);
    if (first < 0) continue;
    const [answer = null] = left.splice(first, 1);
    publish.answer = answer;
    if (answer?.kind !== 'returned') continue;
    const confirm = left.findIndex((a) => a.kind === 'confirmed' && a.exchange === answer.exchange);
    if (confirm >= 0) left.splice(confirm, 1);
  }
}

function rank(fact: Fact): number {
  return fact.kind in RANK ? RANK[fact.kind as keyof typeof RANK] : 9;
}
