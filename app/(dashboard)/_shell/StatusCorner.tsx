'use client';
import { useEffect } from 'react';
import { useLive, useStream } from '@/app/_live/LiveProvider';
import { useNow } from '@/app/_ui/clock';
import { cx } from '@/app/_ui/cx';
import { clock, since } from '@/app/_ui/format';
import { later } from '@/app/_ui/later';
import { Menu } from '@/app/_ui/Menu';
import { Skeleton } from '@/app/_ui/Skeleton';
import type { LiveState } from '@/lib/model/live';
import styles from './shell.module.css';

const NAMES = ['Broker', 'Tap', 'Store', 'Dropped'] as const;

// their words need a live event: they come while it is on its way
const BriefStatus = later(() => import('./StatusLines').then((m) => m.BriefStatus), Shape);
const FullStatus = later(() => import('./StatusLines').then((m) => m.FullStatus));

/** The corner of the rail: four lines that say whether what is shown can be trusted. */
export function StatusCorner() {
  const live = useLive();
  const now = useNow();
  useEffect(BriefStatus.ahead, []);
  return live && now !== null ? <BriefStatus live={live} now={now} /> : <Shape />;
}

function Shape() {
  return (
    <dl className={styles.corner} aria-label="Status">
      {NAMES.map((name) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Skeleton width={64} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The dot in words: live, stale since, away since, connecting. */
function dotOf(
  live: LiveState | null,
  lost: boolean,
  now: number,
): { hue: string; ring: boolean; words: string } {
  if (!live) return { hue: 'unknown', ring: true, words: lost ? 'Hoplight does not answer' : 'connecting' };
  const at = live.since === null ? '' : ` since ${clock(live.since, now)}`;
  if (live.freshness === 'away') return { hue: 'dead', ring: true, words: `broker away${at}` };
  if (live.freshness === 'stale') return { hue: 'returned', ring: true, words: `stale${at}` };
  const age = live.readAt === null ? 'now' : since(Math.max(0, now - live.readAt));
  return { hue: 'settled', ring: false, words: age === 'now' ? 'live' : `live, ${age} ago` };
}

/** The live dot of the top bar; it opens the status in full. */
export function LiveDot() {
  const live = useLive();
  const stream = useStream();
  const now = useNow();
  const dot = dotOf(live, stream.state === 'lost', now ?? live?.now ?? 0);
  const phone = live?.freshness === 'away' ? 'away' : dot.words.split(/[, ]/)[0];
  return (
    <Menu
      label="Status"
      width={360}
      button={{
        look: 'quiet',
        className: cx(styles.live, dot.hue !== 'settled' && `${dot.hue} ink`),
        'aria-label': `Status: ${dot.words}`,
        children: (
          <>
            <span className={cx('dot', dot.ring && 'ring', dot.hue)} />
            <span className="wide">{now === null ? '' : dot.words}</span>
            <span className="phone">{now === null ? '' : phone}</span>
          </>
        ),
      }}
    >
      {live && now !== null ? <FullStatus live={live} now={now} /> : <p>Nothing was read yet.</p>}
    </Menu>
  );
}
