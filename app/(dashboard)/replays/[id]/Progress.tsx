'use client';
import { useNow } from '@/app/_ui/clock';
import { count, duration, percent, rate } from '@/app/_ui/format';
import { type Segment, SegmentedBar } from '@/app/_ui/Meter';
import { Panel } from '@/app/_ui/Panel';
import { Stat, Stats } from '@/app/_ui/Stat';
import type { ReplayJob } from '@/lib/model/replay';
import { dealtWith, timeLeft } from '../../_parts/replay-outcomes';
import { endWords, tilesOf } from './job-words';
import { Pace } from './Pace';
import styles from './replay.module.css';

/** How far it is, as a bar in the hues of what became of the copies, and as figures with what each means. */
export function Progress({ replay }: { replay: ReplayJob }) {
  const { counts: c, state } = replay;
  const now = useNow();
  const done = dealtWith(c);
  const left = timeLeft(replay);
  const segments: Segment[] = [
    { hop: 'settled', label: 'settled', count: c.settled },
    { hop: 'settled', label: 'deleted', count: c.deleted },
    { hop: 'delivered', label: 'delivered', count: c.delivered },
    { hop: 'replayed', label: 'confirmed', count: c.confirmed },
    { hop: 'dead', label: 'died again', count: c.diedAgain },
    { hop: 'returned', label: 'stayed', count: c.returned + c.skipped },
    { hop: 'unknown', label: 'unknown', count: c.unknown },
    { hop: 'waiting', label: 'waiting', count: c.waiting + c.sending },
  ];
  const end = now === null ? null : endWords(replay, now);
  const canary = state === 'running' && replay.phase === 'canary';
  return (
    <Panel label="Progress">
      <div className={styles.progress}>
        <div className={styles.figures}>
          <span className="big">{count(done)}</span>
          <span className="t2">of {count(c.selected)}</span>
          <span className="t3">{c.selected > 0 ? percent(done / c.selected) : ''}</span>
          <span className="grow" />
          {canary ? (
            <span className="t1">
              Canary: {count(replay.request.canary?.messages ?? 1)} sent alone, its fate is waited for
            </span>
          ) : null}
          {state === 'running' && !canary && replay.ratePerSecond !== null ? (
            <span className="nw">
              <b>{rate(replay.ratePerSecond)}</b> of
            </span>
          ) : null}
          {state === 'paused' ? <span className="t3">rate</span> : null}
          {state === 'running' || state === 'paused' ? <Pace replay={replay} /> : null}
          {left === null || canary ? null : (
            <span className="nw">
              about <b>{duration(Math.max(1_000, left))}</b> left
            </span>
          )}
        </div>
        <SegmentedBar segments={segments} />
        {end ? (
          <p role="status">
            <span className="t1">{end}</span> {replay.note}
          </p>
        ) : null}
      </div>
      <Stats bare>
        {tilesOf(replay).map((tile) => (
          <Stat
            key={tile.label}
            label={tile.label}
            hop={tile.hop}
            value={count(tile.value)}
            note={tile.note}
          />
        ))}
      </Stats>
    </Panel>
  );
}
