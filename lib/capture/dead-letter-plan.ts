/** Which bindings give the dead-letter tap a copy of every dead letter without changing where any message goes. Pure. */
import { type Binding, isOwnQueue, queueKey, type Snapshot } from '../model/broker.ts';
import { deadLetterTopology } from '../model/dead-letter-topology.ts';

export interface TapBinding {
  routingKey: string;
  arguments: Binding['arguments'];
}

/** `bindings` empty: it cannot be tapped, `words` says why. */
export interface DeadLetterSource {
  exchange: string;
  bindings: TapBinding[];
  words: string;
}

/**
 * By vhost. Where an exchange has bindings already, exactly those are repeated: a binding of ours beyond them would make
 * messages routable that nobody takes, so that a mandatory publish is not returned any more, an alternate exchange gets
 * nothing, a queue that holds back its dead letters lets them go. An exchange with no binding loses all that it gets
 * anyway; there the tap takes everything, unless the topology says that this too would change a message's fate.
 */
export function planDeadLetterTaps(s: Snapshot): Map<string, DeadLetterSource[]> {
  const bound = new Map<string, Binding[]>();
  for (const b of s.bindings) {
    if (b.source === '' || isOwnQueue(b.destination)) continue;
    const key = queueKey(b.vhost, b.source);
    bound.set(key, [...(bound.get(key) ?? []), b]);
  }
  const plan = new Map<string, DeadLetterSource[]>();
  for (const { vhost, exchange, type, keys } of deadLetterTopology(s).exchanges) {
    const theirs = bound.get(queueKey(vhost, exchange)) ?? [];
    const list = plan.get(vhost) ?? [];
    list.push(sourceOf(exchange, type, keys, theirs));
    plan.set(vhost, list);
  }
  return plan;
}

const standardTypes = new Set(['direct', 'fanout', 'topic', 'headers']);

function sourceOf(
  exchange: string,
  type: string,
  keys: readonly string[],
  theirs: Binding[],
): DeadLetterSource {
  const not = (words: string) => ({ exchange, bindings: [], words });
  if (exchange === '')
    return not(
      'Nothing can be bound to the default exchange: deaths that go through it show when their queue is consumed or read.',
    );
  if (!standardTypes.has(type))
    return not(`A binding of ours to an exchange of type ${type} could take messages away from others.`);
  const bindings = unique(
    theirs.length > 0
      ? theirs.map((b) => ({ routingKey: b.routingKey, arguments: type === 'headers' ? b.arguments : {} }))
      : keys.map((routingKey) => ({ routingKey, arguments: {} })),
  );
  if (bindings.length === 0)
    return not('Nothing is bound to it, and a binding of ours would change what happens to its messages.');
  const which = theirs.length > 0 ? 'every dead letter that a queue gets through it' : 'every dead letter';
  return { exchange, bindings, words: `Sees ${which}.` };
}

function unique(bindings: readonly TapBinding[]): TapBinding[] {
  const seen = new Map(bindings.map((b) => [JSON.stringify([b.routingKey, b.arguments]), b]));
  return [...seen.keys()].sort().flatMap((key) => seen.get(key) ?? []);
}
