/** Where a journey stands when more is known than its facts: queues in which dead letters stay, queues that are gone. */
import type { Hop, JourneyStatus } from '../model/journey.ts';
import { isLost } from './happenings.ts';
import type { Parks } from './way.ts';

/**
 * `status` as the facts alone tell it, corrected: what a service put into a dead-letter queue is dead there, and what
 * lay in a queue that was deleted is not in flight any more: where it is then is unknown.
 */
export function standing(status: JourneyStatus, hops: readonly Hop[], parks?: Parks): JourneyStatus {
  if (status === 'dead' || status === 'unknown') return status;
  const leads = new Set(hops.flatMap((h) => h.from));
  const waits = hops.filter((h) => h.kind === 'queue' && !leads.has(h.id));
  if (parks && waits.some((h) => h.until === null && isParked(h, hops, parks))) return 'dead';
  if (status !== 'in flight' || !waits.some(isLost)) return status;
  if (waits.some((h) => !isLost(h) && h.provenance === 'observed')) return status;
  const ends = hops.filter((h) => !leads.has(h.id));
  if (ends.some((h) => h.kind === 'settlement')) return 'settled';
  return ends.some((h) => h.kind === 'delivery') ? 'delivered' : 'unknown';
}

/** It came there by a publish, and not by a death that the broker tells of. */
function isParked(wait: Hop, hops: readonly Hop[], parks: Parks): boolean {
  if (wait.queue === null || !parks(wait.vhost, wait.queue)) return false;
  return hops.some((h) => h.kind === 'publish' && wait.from.includes(h.id));
}
