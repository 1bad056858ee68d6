'use client';
import { useMemo } from 'react';
import type { Journey } from '@/lib/model/journey';
import type { LiveState } from '@/lib/model/live';
import type { ClientNames } from './hop-words';
import type { RowNotes } from './strip/Lanes';

/** The journey's connections by the name that their client gave them, as far as consumers of now tell. */
export function clientNames(live: LiveState | null, journey: Journey): ClientNames {
  const wanted = new Set(journey.hops.map((h) => h.connection));
  const names = new Map<string, string>();
  for (const { connection, client } of [...(live?.gone ?? []), ...(live?.consumers ?? [])])
    if (client.name && wanted.has(connection)) names.set(connection, client.name);
  return names;
}

/** What the queue is now: type and consumers. */
export function rowNotes(live: LiveState | null, journey: Journey): RowNotes {
  const queues = new Map(
    journey.rows.filter((r) => r.kind === 'queue').map((r) => [JSON.stringify([r.vhost, r.name]), r.id]),
  );
  const notes = new Map<string, string>();
  for (const queue of live?.queues ?? []) {
    const row = queues.get(JSON.stringify([queue.vhost, queue.name]));
    if (row === undefined) continue;
    const consumers =
      queue.consumers === null ? '' : `, ${queue.consumers} consumer${queue.consumers === 1 ? '' : 's'}`;
    notes.set(row, `${queue.type}${consumers}`);
  }
  return notes;
}

/** The same map for as long as it says the same: the live state comes anew each second, the strip is not laid out for that. */
export function useSteady(map: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const text = JSON.stringify([...map]);
  return useMemo(() => {
    const pairs: [string, string][] = JSON.parse(text);
    return new Map(pairs);
  }, [text]);
}
