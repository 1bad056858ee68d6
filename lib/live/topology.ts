/** Where dead letters go, worked out anew only when something that it depends on has changed: figures do not count. */
import type { Queue, Snapshot } from '../model/broker.ts';
import { type DeadLetterTopology, deadLetterTopology } from '../model/dead-letter-topology.ts';

export function createTopology(): (snapshot: Snapshot) => DeadLetterTopology {
  let last: { snapshot: Snapshot; topology: DeadLetterTopology } | null = null;
  return (snapshot) => {
    if (last === null || changed(last.snapshot, snapshot))
      last = { snapshot, topology: deadLetterTopology(snapshot) };
    return last.topology;
  };
}

function changed(a: Snapshot, b: Snapshot): boolean {
  return (
    a.exchanges !== b.exchanges ||
    a.bindings !== b.bindings ||
    a.queues.length !== b.queues.length ||
    namesOf(a) !== namesOf(b) ||
    a.queues.some((q, i) => differs(q, b.queues[i]))
  );
}

/** What is missing decides whether anything may be called lost. */
function namesOf(s: Snapshot): string {
  return s.missing.map((m) => m.what).join();
}

function differs(a: Queue, b: Queue | undefined): boolean {
  return (
    b === undefined ||
    a.name !== b.name ||
    a.vhost !== b.vhost ||
    !a.consumers !== !b.consumers ||
    a.limits.messageTtlMs !== b.limits.messageTtlMs ||
    a.deadLetter?.exchange !== b.deadLetter?.exchange ||
    a.deadLetter?.routingKey !== b.deadLetter?.routingKey ||
    a.deadLetter?.from !== b.deadLetter?.from ||
    a.deadLetter?.strategy !== b.deadLetter?.strategy
  );
}
