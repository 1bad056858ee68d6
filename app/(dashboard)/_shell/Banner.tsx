'use client';
import { STREAM_LOST, useLive, useStream } from '@/app/_live/LiveProvider';
import { Button } from '@/app/_ui/Button';
import { useNow } from '@/app/_ui/clock';
import { cx } from '@/app/_ui/cx';
import { clock, duration } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import styles from './shell.module.css';

/** Over every page while its figures are not fresh: what does not answer, since when, and how old what is shown is. */
export function Banner() {
  const live = useLive();
  const stream = useStream();
  const now = useNow();
  if (now === null) return null;
  if (stream.state === 'outdated')
    return (
      <div className={cx(styles.banner, 'returned')} role="status">
        <Glyph hop="warn" />
        <p className="grow wrap">
          <b>This page is older than the server.</b> What it shows is of{' '}
          {clock(live?.readAt ?? stream.since, now)} and not renewed any more.
        </p>
        <Button small onClick={() => location.reload()}>
          Load it again
        </Button>
      </div>
    );
  if (!live) {
    if (stream.state !== 'lost') return null;
    return (
      <div className={cx(styles.banner, 'dead')} role="status">
        <Glyph hop="dead" />
        <p className="grow">
          <b>Hoplight does not answer since {clock(stream.since, now)}.</b> Nothing was read yet; it is tried
          again.
        </p>
      </div>
    );
  }
  if (live.freshness === 'live') return null;
  const away = live.freshness === 'away';
  const own = live.reason === STREAM_LOST;
  const when = live.since === null ? '' : ` since ${clock(live.since, now)}`;
  const head = own
    ? `Hoplight does not answer${when}.`
    : away
      ? `The broker does not answer${when}.`
      : `The last readings of the broker failed${when}.`;
  return (
    <div className={cx(styles.banner, away || own ? 'dead' : 'returned')} role="status">
      <Glyph hop={away || own ? 'dead' : 'warn'} />
      <p className="grow wrap">
        <b>{head}</b>{' '}
        {live.readAt === null ? (
          'Nothing was read yet.'
        ) : (
          <>
            This is the snapshot of {clock(live.readAt, now)},{' '}
            <b>{duration(Math.round((now - live.readAt) / 1000) * 1000)}</b> old.
          </>
        )}{' '}
        {live.reason ? `Why: ${live.reason}.` : null}
      </p>
    </div>
  );
}
