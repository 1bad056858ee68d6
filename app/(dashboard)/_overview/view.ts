/** What the Overview shows of the answers, limited to a vhost where one is chosen. Pure. */
import type { Overview } from '@/lib/model/api';
import type { Totals } from '@/lib/model/broker';
import type { Attention, LiveState, Point, QueueRow } from '@/lib/model/live';

/** Everything that knows its vhost, limited to it; null is all. Nodes' troubles have no queue and always stay. */
export function scoped(overview: Overview, vhost: string | null): Overview {
  if (vhost === null) return overview;
  const of = (thing: { vhost: string }) => thing.vhost === vhost;
  const causes = overview.deadLetters.causes.filter(of);
  const sum = (list: readonly { count: number }[]) => list.reduce((n, cause) => n + cause.count, 0);
  // causes that do not add up to the broker's total are not all known: then neither is the total of one vhost
  const complete = sum(overview.deadLetters.causes) === overview.deadLetters.total;
  return {
    ...overview,
    attention: overview.attention.filter((a) => a.queue === '' || of(a)).map((a) => symptomsIn(a, of)),
    topQueues: overview.topQueues.filter(of),
    died: overview.died.filter(of),
    deadLetters: { causes, total: complete ? sum(causes) : null },
  };
}

/** Of what concerns all vhosts, the symptoms in one; how many were left out of the list there is not known. */
function symptomsIn(a: Attention, of: (thing: { vhost: string }) => boolean): Attention {
  if (a.vhost !== '' || !a.symptoms) return a;
  const { symptoms, moreSymptoms: _more, ...alone } = a;
  return { ...alone, symptoms: symptoms.filter((s) => s.vhost === '' || of(s)) };
}

type Symptom = NonNullable<Attention['symptoms']>[number];

/** Symptoms that say the same, together: each with the queues of which it is said, if it is said of queues. */
export function alike(symptoms: readonly Symptom[]): { words: string; queues: Symptom[] }[] {
  return [...Map.groupBy(symptoms, (s) => s.words)].map(([words, all]) => ({
    words,
    queues: all.filter((s) => s.queue !== ''),
  }));
}

/** Sums of what is known. `unknown` counts the queues left out of at least one sum: less than all is not the total. */
export function sumOf(queues: readonly QueueRow[]): { totals: Totals; unknown: number } {
  const dark = new Set<QueueRow>();
  const sum = (figure: (queue: QueueRow) => number | null): number | null => {
    let total = 0;
    let known = queues.length === 0;
    for (const queue of queues) {
      const value = figure(queue);
      if (value === null) dark.add(queue);
      else known = true;
      total += value ?? 0;
    }
    return known ? total : null;
  };
  const totals = {
    ready: sum((q) => q.ready),
    unacked: sum((q) => q.unacked),
    total: sum((q) => q.total),
    publish: sum((q) => q.rates.publish),
    deliver: sum((q) => q.rates.deliver),
    ack: sum((q) => q.rates.ack),
    redeliver: sum((q) => q.rates.redeliver),
  };
  return { totals, unknown: dark.size };
}

/** The broker's own totals, or the sums of one vhost's queues with how many could not be read. */
export function totalsOf(
  live: Pick<LiveState, 'totals' | 'queues'>,
  vhost: string | null,
): { totals: Totals; unknown: number } {
  if (vhost === null) return { totals: live.totals, unknown: 0 };
  return sumOf(live.queues.filter((q) => q.vhost === vhost));
}

/** How a figure changed from the first to the last known point; null when there are not two. */
export function changeOf(history: readonly Point[], figure: 'ready' | 'unacked'): number | null {
  const known = history.map((p) => p[figure]).filter((v) => v !== null);
  const [first] = known;
  const last = known.at(-1);
  return known.length > 1 && first !== undefined && last !== undefined ? last - first : null;
}
