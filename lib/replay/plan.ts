/** What a replay would do, before it does anything. Pure. */
import { deadLetterTopology } from '../model/dead-letter-topology.ts';
import type { Plan } from '../model/replay.ts';
import { route } from '../model/topology.ts';
import type { Address } from './origin.ts';
import type { Aim, PlanInput } from './plan-input.ts';
import { findQueue, rulesOf } from './queue-facts.ts';
import { type Entry, selectFrom } from './selection.ts';
import { warningsFor } from './warnings.ts';

/** Most targets that a plan names; one by routing key of its own may have thousands. */
const MAX_TARGETS = 50;

export function makePlan(input: PlanInput): Plan {
  const { request, snapshot, queue, index } = input;
  const all = request.select.kind === 'all';
  const chosen = selectFrom(index.entries, request.select);
  const exact = index.read >= index.inQueue;
  const selected = all ? index.inQueue : chosen.length;
  const aims = aimsOf(input, chosen, all && !exact);
  const { level, words, limit } = rulesOf(snapshot, queue, index.weakest);
  return {
    vhost: request.vhost,
    queue: queue.name,
    queueType: queue.type,
    brokerVersion: snapshot.version,
    selected,
    inQueue: index.inQueue,
    exact: all ? exact : true,
    fingerprint: null,
    origins: [],
    stays: [],
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
      mayWrite: 'unknown' as const,
    })),
    changes: changesOf(chosen, all && !exact),
    warnings: warningsFor({ ...input, chosen, selected, exact, aims }),
    reading: { level, words, limit },
    keepsOrder: false,
    plannedAt: input.now,
  };
}

/**
 * Each distinct exchange and key. When not every message was read, the queues whose dead letters lead here may turn up
 * too: a copy is sent to nothing that the plan does not name.
 */
function aimsOf({ request, snapshot, queue }: PlanInput, chosen: readonly Entry[], sampled: boolean): Aim[] {
  const counts = new Map<string, { address: Address; messages: number | null }>();
  const keyOf = (a: Address) => JSON.stringify([a.exchange, a.routingKey]);
  for (const { address } of chosen) {
    if ('cannot' in address) continue;
    const old = counts.get(keyOf(address));
    counts.set(keyOf(address), { address, messages: (old?.messages ?? 0) + 1 });
  }
  if (sampled) {
    for (const known of counts.values()) known.messages = null;
    if (request.target.kind === 'origin') {
      const here = deadLetterTopology(snapshot).queues.find(
        (q) => q.vhost === request.vhost && q.queue === queue.name,
      );
      for (const origin of here?.origins ?? []) {
        const address = { exchange: '', routingKey: origin.queue };
        if (!counts.has(keyOf(address))) counts.set(keyOf(address), { address, messages: null });
      }
    }
  }
  // an empty selection still shows where it would lead
  if (counts.size === 0 && request.target.kind === 'queue')
    counts.set('', { address: { exchange: '', routingKey: request.target.queue }, messages: 0 });
  return [...counts.values()]
    .map(({ address, messages }) => {
      const way = route(snapshot, request.vhost, address.exchange, [address.routingKey]);
      return {
        ...address,
        messages,
        way,
        queues: way.queues.map((name) => ({ name, queue: findQueue(snapshot, request.vhost, name) })),
      };
    })
    .sort((a, b) => (b.messages ?? 0) - (a.messages ?? 0));
}

/** In words; `messages` null where only a sample was read. */
function changesOf(chosen: readonly Entry[], sampled: boolean): Plan['changes'] {
  const n = (pick: (e: Entry) => boolean) => chosen.filter(pick).length;
  const seen = [
    {
      field: 'x-death',
      words: 'moves to x-original-death, typed as it was',
      messages: n((e) => e.changes.deaths),
    },
    {
      field: 'CC, BCC',
      words: 'go: the copy reaches the named target only',
      messages: n((e) => e.changes.cc),
    },
    {
      field: 'user-id',
      words: 'moves to x-original-user-id: the broker takes no foreign one',
      messages: n((e) => e.changes.userId),
    },
    {
      field: 'x-first-death-*, x-last-death-*, x-delivery-count, x-acquired-count',
      words: "go: they are the broker's own",
      messages: n((e) => e.changes.counters),
    },
  ].filter((c) => c.messages > 0);
  return [
    {
      field: 'x-replay-id, x-replay-count, x-replay-of',
      words: 'are added: which replay, how often, of which message',
      messages: sampled ? null : chosen.length,
    },
    ...seen.map((c) => (sampled ? { ...c, messages: null } : c)),
  ];
}
