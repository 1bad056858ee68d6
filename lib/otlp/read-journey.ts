/** A journey for giving back: whole, since it is for whoever runs this, not for one user. */
import { assemble } from '../journey/assemble.ts';
import { isOwnQueue, type Snapshot } from '../model/broker.ts';
import type { Journey } from '../model/journey.ts';
import { route } from '../model/topology.ts';
import type { FactReader } from '../store/facts.ts';

/** A longer journey is given as far as this. */
const MOST_FACTS = 500;

/** `clock`: ms since 1970. What it answers gives null for a journey without facts. */
export function journeyReader(
  facts: Pick<FactReader, 'journeyFacts' | 'gaps'>,
  snapshot: () => Snapshot | null,
  clock: () => number,
): (journey: string) => Journey | null {
  return (key) => {
    const list = facts.journeyFacts(key, MOST_FACTS);
    const [first] = list;
    // what services told alone, they have themselves
    if (!first || list.every((fact) => fact.kind === 'span')) return null;
    const now = snapshot();
    return assemble(list, facts.gaps(first.at, clock()), {
      routes: (vhost, exchange, keys) =>
        now ? route(now, vhost, exchange, keys).queues.filter((queue) => !isOwnQueue(queue)) : null,
    });
  };
}
