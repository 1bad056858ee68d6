'use client';
import { useState } from 'react';
import { useVhost } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { Empty } from '@/app/_ui/Empty';
import { bytes, percent, rate } from '@/app/_ui/format';
import { later } from '@/app/_ui/later';
import { MeterBar } from '@/app/_ui/Meter';
import { Panel } from '@/app/_ui/Panel';
import { Stat, Stats } from '@/app/_ui/Stat';
import type { CaptureAnswer } from '@/lib/model/api';
import { QueueName } from '../_parts/QueueName';
import styles from './status.module.css';
import { type Cost, NEEDS_ADMINISTRATOR } from './words';

const ScopeDialog = later(async () => (await import('./ScopeDialog')).ScopeDialog);
const SHOWN = 10;

/** What the tap takes from the broker now, and which names cause it: each can be left out. */
export function Costs({ data }: { data: CaptureAnswer }) {
  const vhost = useVhost();
  const [all, setAll] = useState(false);
  const [without, setWithout] = useState<Cost | null>(null);
  const cost = data.cost.filter((c) => vhost === null || c.vhost === vhost);
  const several = new Set(data.taps.map((tap) => tap.vhost)).size > 1;
  const events = cost.reduce((sum, c) => sum + c.eventsPerSecond, 0);
  const volume = cost.reduce((sum, c) => sum + c.bytesPerSecond, 0);
  const shown = all ? cost : cost.slice(0, SHOWN);
  return (
    <Panel title="What the tap costs now" hint="over the last minute">
      <Stats bare>
        <Stat label="Events" value={rate(events)} note="copies that the broker makes" />
        <Stat label="Volume" value={`${bytes(volume)}/s`} note="bodies and headers" />
      </Stats>
      {shown.length === 0 ? (
        <Empty title="No event came in the last minute" level={3}>
          Each publish is listed here by its exchange, each delivery by its queue, with what leaving it out
          would save.
        </Empty>
      ) : (
        <ul className={styles.costs}>
          {shown.map((c) => (
            <li key={`${c.vhost} ${c.kind} ${c.name}`} className="li">
              <span className="s t3">{c.kind === 'exchange' ? 'publish' : 'deliver'}</span>
              <span className="cut grow">
                {c.kind === 'queue' ? (
                  <QueueName vhost={c.vhost} name={c.name} showVhost={several} />
                ) : (
                  <span className="mono t1" title={`exchange ${c.name || '(default)'} in vhost ${c.vhost}`}>
                    {several ? <span className="t3">{c.vhost} </span> : null}
                    {c.name || '(default exchange)'}
                  </span>
                )}
              </span>
              <span className="wide">
                <MeterBar
                  share={events > 0 ? c.eventsPerSecond / events : 0}
                  label={`share of all events, ${c.name}`}
                />
              </span>
              <span className="num t1">{percent(events > 0 ? c.eventsPerSecond / events : 0)}</span>
              <span className="num wide">{rate(c.eventsPerSecond)}</span>
              <span className="num t3 wide">{bytes(c.bytesPerSecond)}/s</span>
              <Button
                small
                look="quiet"
                reason={data.mayChange ? undefined : NEEDS_ADMINISTRATOR}
                aria-label={`Leave out the ${c.kind} ${c.name || '(default)'}: would save ${percent(
                  events > 0 ? c.eventsPerSecond / events : 0,
                )} of the events`}
                title={`Would save ${percent(events > 0 ? c.eventsPerSecond / events : 0)} of the events`}
                onClick={() => setWithout(c)}
              >
                Leave out…
              </Button>
            </li>
          ))}
        </ul>
      )}
      {cost.length > SHOWN ? (
        <p className={styles.foot}>
          <Button small look="quiet" onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : `Show all ${cost.length}`}
          </Button>
        </p>
      ) : null}
      {without ? (
        <ScopeDialog data={data} vhost={without.vhost} without={without} onClose={() => setWithout(null)} />
      ) : null}
    </Panel>
  );
}
