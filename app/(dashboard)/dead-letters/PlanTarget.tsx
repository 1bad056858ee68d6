'use client';
import { useState } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { Button } from '@/app/_ui/Button';
import { Input, Labelled, Segmented } from '@/app/_ui/Field';
import { duration } from '@/app/_ui/format';
import type { ReplayTarget } from '@/lib/model/replay';
import styles from './dead-letters.module.css';

export interface Aim {
  kind: ReplayTarget['kind'];
  queue: string;
  exchange: string;
  /** Empty: each message's own key. */
  routingKey: string;
}

/** null while something is still to be named. */
export function toTarget(aim: Aim): ReplayTarget | null {
  if (aim.kind === 'origin') return { kind: 'origin' };
  if (aim.kind === 'queue') return aim.queue === '' ? null : { kind: 'queue', queue: aim.queue };
  if (aim.exchange === '') return null;
  return {
    kind: 'exchange',
    exchange: aim.exchange,
    ...(aim.routingKey === '' ? {} : { routingKey: aim.routingKey }),
  };
}

/** Where the copies go and how fast. Names take effect when the field is left, on Enter, or by the button. */
export function Aims({
  aim,
  onAim,
  rate,
  onRate,
  selected,
}: {
  aim: Aim;
  onAim: (aim: Aim) => void;
  rate: string;
  onRate: (rate: string) => void;
  selected: number;
}) {
  const live = useLive();
  const [draft, setDraft] = useState(aim);
  const take = (next: Aim) => {
    setDraft(next);
    onAim(next);
  };
  const settle = () => {
    const changed =
      draft.queue !== aim.queue || draft.exchange !== aim.exchange || draft.routingKey !== aim.routingKey;
    if (changed) onAim(draft);
  };
  const perSecond = Number(rate);
  return (
    <>
      <h2>How</h2>
      <div className={styles.aims}>
        <span className="t2">Target</span>
        <div>
          <Segmented
            label="Target"
            value={draft.kind}
            onChange={(kind) => take({ ...draft, kind })}
            options={[
              { value: 'origin', label: 'Where each died' },
              { value: 'queue', label: 'One queue' },
              { value: 'exchange', label: 'An exchange' },
            ]}
          />
          {draft.kind === 'queue' ? (
            <div className={styles.aimFields}>
              <Labelled label="Queue">
                {(ids) => (
                  <Input
                    {...ids}
                    mono
                    list="replay-queues"
                    value={draft.queue}
                    onChange={(e) => setDraft({ ...draft, queue: e.target.value })}
                    onBlur={settle}
                  />
                )}
              </Labelled>
              <datalist id="replay-queues">
                {live?.queues.slice(0, 500).map((q) => (
                  <option key={`${q.vhost} ${q.name}`} value={q.name} />
                ))}
              </datalist>
            </div>
          ) : null}
          {draft.kind === 'exchange' ? (
            <div className={styles.aimFields}>
              <Labelled label="Exchange">
                {(ids) => (
                  <Input
                    {...ids}
                    mono
                    value={draft.exchange}
                    onChange={(e) => setDraft({ ...draft, exchange: e.target.value })}
                    onBlur={settle}
                  />
                )}
              </Labelled>
              <Labelled label="Routing key" hint="empty: the key that each had">
                {(ids) => (
                  <Input
                    {...ids}
                    mono
                    value={draft.routingKey}
                    onChange={(e) => setDraft({ ...draft, routingKey: e.target.value })}
                    onBlur={settle}
                  />
                )}
              </Labelled>
            </div>
          ) : null}
          {draft.kind !== 'origin' && toTarget(draft) === null ? (
            <Button small reason="name it first">
              Plan it
            </Button>
          ) : null}
        </div>
        <span className="t2">Rate</span>
        <span className="row">
          <Input
            type="number"
            min={1}
            max={100_000}
            width={84}
            aria-label="Messages per second at most"
            value={rate}
            onChange={(e) => onRate(e.target.value)}
          />
          <span className="t3 s">
            {perSecond > 0 && selected > 0
              ? `per second, ${duration((selected / perSecond) * 1_000)} in all`
              : 'per second; empty: as fast as confirms come'}
          </span>
        </span>
      </div>
    </>
  );
}
