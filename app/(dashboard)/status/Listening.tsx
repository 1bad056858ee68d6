'use client';
import { useState } from 'react';
import { useVhost } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { cx } from '@/app/_ui/cx';
import { counted, rate } from '@/app/_ui/format';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { TimeAgo } from '@/app/_ui/Time';
import type { CaptureAnswer } from '@/lib/model/api';
import type { Tap } from '@/lib/model/live';
import styles from './status.module.css';
import { isWhole, NEEDS_ADMINISTRATOR, scopeOf, scopeWords } from './words';

const ScopeDialog = later(async () => (await import('./ScopeDialog')).ScopeDialog);
const hues = { on: 'settled', starting: 'waiting', off: 'unknown', failed: 'dead' } as const;

/** Each vhost's tap: how it is, what it listens to, which deaths it sees as they happen. */
export function Listening({ data }: { data: CaptureAnswer }) {
  const scope = useVhost();
  const [open, setOpen] = useState<string | null>(null);
  const taps = data.taps.filter((tap) => scope === null || tap.vhost === scope);
  return (
    <Panel title="What is listened to" count={taps.length} hint="a tap a vhost">
      <ul>
        {taps.map((tap) => (
          <TapLine key={tap.vhost} tap={tap} data={data} onScope={() => setOpen(tap.vhost)} />
        ))}
      </ul>
      {taps.length === 0 ? <p className={styles.foot}>No vhost that you may see is tapped.</p> : null}
      {open !== null ? <ScopeDialog data={data} vhost={open} onClose={() => setOpen(null)} /> : null}
    </Panel>
  );
}

function TapLine({ tap, data, onScope }: { tap: Tap; data: CaptureAnswer; onScope: () => void }) {
  const chosen = scopeOf(data.settings, tap.vhost);
  const blind = tap.deadLetterExchanges.filter((e) => !e.tapped);
  return (
    <li className={styles.tap}>
      <div className="row">
        <span className={cx('dot', tap.state !== 'on' && 'ring', hues[tap.state])} />
        <b className="mono">{tap.vhost}</b>
        <span className={cx(tap.state !== 'on' && `${hues[tap.state]} ink`)}>{tap.state}</span>
        {tap.since === null ? null : (
          <span className="s t3 nw">
            since <TimeAgo at={tap.since} />
          </span>
        )}
        <span className="grow" />
        <span className="num t1">{rate(tap.eventsPerSecond)}</span>
      </div>
      {tap.state === 'on' ? null : <p className="wrap">{tap.words}</p>}
      <div className="row">
        <span className="wrap grow">
          It {tap.state === 'on' ? 'hears' : 'would hear'}{' '}
          <span className="t1">{scopeWords(chosen, data.tapKeys)}</span>.
          {isWhole(chosen, data.tapKeys) ? '' : ' Journeys that cross the rest show a gap.'}
        </span>
        <Button
          small
          reason={data.mayChange ? undefined : NEEDS_ADMINISTRATOR}
          aria-label={`Change what the tap of ${tap.vhost} hears`}
          onClick={onScope}
        >
          Change…
        </Button>
      </div>
      <p className="s t3 wrap">
        {tap.deadLetterExchanges.length === 0
          ? 'No queue has a dead-letter exchange.'
          : `Deaths are seen as they happen in ${counted(tap.deadLetterExchanges.length - blind.length, 'exchange')} of ${tap.deadLetterExchanges.length}.`}
        {blind.map((e) => ` ${e.exchange === '' ? '' : `${e.exchange}: `}${e.words}`).join('')}
      </p>
    </li>
  );
}
