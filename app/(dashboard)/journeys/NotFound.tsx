'use client';
import { useLive } from '@/app/_live/LiveProvider';
import { useUrlState } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { Empty } from '@/app/_ui/Empty';
import { Panel } from '@/app/_ui/Panel';
import { Time } from '@/app/_ui/Time';

/** Nobody has this ID: since when the taps listen, so that one can tell "never sent" from "sent before". */
export function NotFound({ id, note }: { id: string; note: string | null }) {
  const live = useLive();
  const [, setParams] = useUrlState();
  const on = live?.status.taps.filter((t) => t.state === 'on') ?? [];
  const oldest = live?.status.store.oldestAt ?? null;
  const shown = id.length > 80 ? `${id.slice(0, 77)}…` : id;
  return (
    <Panel label="Journeys">
      <Empty
        title="No journey has this ID"
        action={
          <Button onClick={() => setParams({ q: null, status: null, queue: null })}>Show the latest</Button>
        }
      >
        <p className="wrap">
          No message with <span className="mono">{shown}</span> as trace ID, X-Trace-ID, correlation ID,
          message ID or replay ID was seen, and no journey mentions it. This list looks again every second.
        </p>
        {on.length > 0 ? (
          <ul>
            {on.map((tap) => (
              <li key={tap.vhost}>
                The tap listens in <span className="mono">{tap.vhost}</span>
                {tap.since === null ? '' : ' since '}
                {tap.since === null ? null : <Time at={tap.since} />}.
              </li>
            ))}
          </ul>
        ) : null}
        {oldest === null ? null : (
          <p>
            What is kept begins at <Time at={oldest} />.
          </p>
        )}
        {note ? <p>{note}</p> : null}
      </Empty>
    </Panel>
  );
}
