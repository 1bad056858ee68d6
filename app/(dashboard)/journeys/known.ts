/** Names to suggest: of the live picture, and of the rows in sight. Pure. */
import type { JourneySummary } from '@/lib/model/journey';
import type { LiveState } from '@/lib/model/live';
import type { Known } from './suggestions';

const MOST = 500;

export function knownOf(live: LiveState | null, rows: readonly JourneySummary[]): Known {
  const users = (live?.consumers ?? []).flatMap((c) => [c.client.name ?? [], c.user ?? []].flat());
  return {
    queue: unique([...(live?.queues ?? []).map((q) => q.name), ...rows.flatMap((j) => j.queues)]),
    exchange: unique(rows.flatMap((j) => (j.exchange === null ? [] : [j.exchange]))),
    key: unique(rows.flatMap((j) => (j.routingKey === null ? [] : [j.routingKey]))),
    client: unique(users),
    vhost: live?.vhosts ?? [],
  };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].slice(0, MOST);
}
