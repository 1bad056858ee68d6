/**
 * Queues whose node is down are left out of the broker's list in totals mode (seen on 4.3): who compares two such lists sees
 * them deleted. The list without totals has them, state and all. It is asked for when queues vanished that do not come and
 * go by themselves, and for as long as it has some that the other lacks; at the first reading in any case.
 */
import type { ManagementClient } from '../broker/client.ts';
import { type Queue, queueKey } from '../model/broker.ts';

/** The same, `queueTotals` with those that are down: their figures are unknown. One for each picture: it remembers the last answer. */
export function withDownQueues(management: ManagementClient): ManagementClient {
  let before: readonly Queue[] | null = null;
  let downBefore = false;
  const queueTotals: ManagementClient['queueTotals'] = async (signal, policies) => {
    const listed = await management.queueTotals(signal, policies);
    if (before !== null && !downBefore && !lostSome(before, listed)) {
      before = listed;
      return listed;
    }
    const there = keysOf(listed);
    const states = await management.queueStates(signal, policies);
    const down = states.filter((q) => !there.has(queueKey(q.vhost, q.name)));
    before = down.length === 0 ? listed : [...listed, ...down];
    downBefore = down.length > 0;
    return [...before];
  };
  return Object.create(management, { queueTotals: { value: queueTotals } });
}

function lostSome(before: readonly Queue[], now: readonly Queue[]): boolean {
  let there: Set<string> | null = null;
  for (const [place, q] of before.entries()) {
    if (comesAndGoes(q)) continue;
    const same = now[place];
    // nearly always a queue stands where it stood
    if (same?.name === q.name && same.vhost === q.vhost) continue;
    there ??= keysOf(now);
    if (!there.has(queueKey(q.vhost, q.name))) return true;
  }
  return false;
}

/** With its connection, its consumers, or unused: a node's end is no other end for it, or one that nobody misses. */
function comesAndGoes(q: Queue): boolean {
  return q.exclusive || q.autoDelete || q.arguments['x-expires'] !== undefined;
}

function keysOf(queues: readonly Queue[]): Set<string> {
  return new Set(queues.map((q) => queueKey(q.vhost, q.name)));
}
