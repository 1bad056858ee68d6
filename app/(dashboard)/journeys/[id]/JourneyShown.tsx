'use client';
import { useMemo } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { useUrlState } from '@/app/_live/scope';
import { Panel } from '@/app/_ui/Panel';
import type { Hop, Journey } from '@/lib/model/journey';
import type { LiveState } from '@/lib/model/live';
import type { ClientNames } from './hop-words';
import { Inspector } from './Inspector';
import { JourneyHead } from './JourneyHead';
import { PhoneStrip } from './PhoneStrip';
import { type RowNotes, Strip } from './Strip';
import { useHopKeys } from './use-hop-keys';
import { firstChoice } from './walk';

/** The journey that was read: its sentence, the strip, the chosen hop (`?hop=&tab=`). */
export function JourneyShown({ journey, traceUrl }: { journey: Journey; traceUrl: string | null }) {
  const live = useLive();
  const [params, setParams] = useUrlState();
  const names = useMemo(() => clientNames(live), [live]);
  const notes = useMemo(() => rowNotes(live, journey), [live, journey]);
  const asked = params.get('hop');
  const selected = journey.hops.find((h) => h.id === asked) ?? firstChoice(journey);
  const select = (hop: Hop) => setParams({ hop: hop.id });
  useHopKeys(journey, selected, select);
  return (
    <>
      <JourneyHead journey={journey} traceUrl={traceUrl} />
      <Panel label="Strip">
        <Strip
          journey={journey}
          names={names}
          notes={notes}
          selected={selected?.id ?? null}
          onSelect={select}
        />
        <PhoneStrip journey={journey} names={names} selected={selected?.id ?? null} onSelect={select} />
      </Panel>
      {selected ? (
        <Inspector
          journey={journey}
          hop={selected}
          names={names}
          notes={notes}
          tab={params.get('tab')}
          onTab={(tab) => setParams({ tab: tab === 'properties' ? null : tab })}
        />
      ) : null}
    </>
  );
}

/** Connections by the name that their client gave them, as far as consumers of now tell. */
function clientNames(live: LiveState | null): ClientNames {
  const names = new Map<string, string>();
  for (const consumer of live?.consumers ?? [])
    if (consumer.client.name) names.set(consumer.connection, consumer.client.name);
  for (const gone of live?.gone ?? [])
    if (gone.client.name && !names.has(gone.connection)) names.set(gone.connection, gone.client.name);
  return names;
}

/** What the queue is now: type and consumers. */
function rowNotes(live: LiveState | null, journey: Journey): RowNotes {
  const notes = new Map<string, string>();
  for (const row of journey.rows) {
    if (row.kind !== 'queue') continue;
    const queue = live?.queues.find((q) => q.vhost === row.vhost && q.name === row.name);
    if (!queue) continue;
    const consumers =
      queue.consumers === null ? '' : `, ${queue.consumers} consumer${queue.consumers === 1 ? '' : 's'}`;
    notes.set(row.id, `${queue.type}${consumers}`);
  }
  return notes;
}
