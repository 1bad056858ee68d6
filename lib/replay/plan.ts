/** What a replay would do, before it does anything. Pure. */
import { createHash } from 'node:crypto';
import { deadLetterTopology } from '../model/dead-letter-topology.ts';
import type { Plan } from '../model/replay.ts';
import { aimsOf, MAX_TARGETS } from './aims.ts';
import { changesOf } from './plan-changes.ts';
import { addressKey, type PlanInput, type PlanView } from './plan-input.ts';
import { rulesOf } from './queue-facts.ts';
import { type Entry, selectFrom } from './selection.ts';
import { warningsFor } from './warnings.ts';

/** Most origins, and reasons to stay, that a plan names. */
const MAX_GROUPS = 50;

export function makePlan(input: PlanInput): Plan {
  const { request, snapshot, queue, index, asked } = input;
  const all = request.select.kind === 'all';
  const chosen = selectFrom(index.entries, request.select);
  const exact = !all || index.entries.length >= index.inQueue;
  const selected = all ? index.inQueue : chosen.length;
  const aims = input.aims ?? aimsOf(input);
  const { level, words, limit } = rulesOf(snapshot, queue, index.weakest);
  const going = chosen.filter((entry) => !('cannot' in entry.address));
  const topology = deadLetterTopology(snapshot);
  const view: PlanView = { ...input, chosen, going, selected, exact, aims, topology };
  return {
    vhost: request.vhost,
    queue: queue.name,
    queueType: queue.type,
    brokerVersion: snapshot.version,
    selected,
    inQueue: index.inQueue,
    exact,
    fingerprint: exact ? fingerprintOf(chosen) : null,
    origins: originsOf(chosen),
    stays: staysOf(chosen),
    targets: aims.slice(0, MAX_TARGETS).map(({ exchange, routingKey, messages, queues }) => ({
      exchange,
      routingKey,
      messages,
      reaches: queues.map(({ name, queue: q }) => ({
        queue: name,
        type: q?.type ?? 'unknown',
        consumers: q?.consumers ?? null,
        depth: q?.total ?? null,
        ackRate: q?.rates.ack ?? null,
      })),
      mayWrite: asked.mayWrite.get(addressKey({ exchange, routingKey })) ?? 'unknown',
    })),
    changes: changesOf(view),
    warnings: warningsFor(view),
    reading: { level, words, limit },
    keepsOrder: request.keepOrder,
    plannedAt: input.now,
  };
}

/** The same messages in the same order give the same text, and nothing else does. */
function fingerprintOf(chosen: readonly Entry[]): string {
  const hash = createHash('sha256');
  for (const { id } of chosen) hash.update(`${id}\n`);
  return hash.digest('hex');
}

/** Of those that were read, most first. `queue` is empty where no x-death tells it. */
function originsOf(chosen: readonly Entry[]): Plan['origins'] {
  const unknown = 'It carries no x-death: where it died is not known';
  const counts = new Map<string, Plan['origins'][number]>();
  for (const { origin } of chosen) {
    const { queue, evidence } = origin ?? { queue: '', evidence: unknown };
    const old = counts.get(evidence);
    counts.set(evidence, { queue, evidence, messages: (old?.messages ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.messages - a.messages).slice(0, MAX_GROUPS);
}

/** Of the selected that were read: what cannot or must not be sent. */
function staysOf(chosen: readonly Entry[]): Plan['stays'] {
  const counts = new Map<string, number>();
  for (const { address } of chosen)
    if ('cannot' in address) counts.set(address.cannot, (counts.get(address.cannot) ?? 0) + 1);
  return [...counts]
    .map(([words, messages]) => ({ words, messages }))
    .sort((a, b) => b.messages - a.messages)
    .slice(0, MAX_GROUPS);
}
