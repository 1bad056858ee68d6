import { count, duration, percent, rate } from '@/app/_ui/format';
import { type Segment, SegmentedBar } from '@/app/_ui/Meter';
import { Panel } from '@/app/_ui/Panel';
import { Stat, Stats } from '@/app/_ui/Stat';
import type { ReplayJob } from '@/lib/model/replay';
import { dealtWith, timeLeft } from '../../_parts/replay-outcomes';
import styles from './replay.module.css';

/** How far it is, as a bar in the hues of what became of the copies, and as figures. */
export function Progress({ replay }: { replay: ReplayJob }) {
  const { counts: c, state } = replay;
  const done = dealtWith(c);
  const left = timeLeft(replay);
  const segments: Segment[] = [
    { hop: 'settled', label: 'settled', count: c.settled },
    { hop: 'delivered', label: 'delivered', count: c.delivered },
    { hop: 'replayed', label: 'confirmed', count: c.confirmed },
    { hop: 'dead', label: 'died again', count: c.diedAgain },
    { hop: 'returned', label: 'stayed', count: c.returned + c.skipped },
    { hop: 'unknown', label: 'unknown', count: c.unknown },
    { hop: 'waiting', label: 'waiting', count: c.waiting + c.sending },
  ];
  const stayed = [
    c.returned > 0 ? `${count(c.returned)} returned` : '',
    c.skipped > 0 ? `${count(c.skipped)} skipped` : '',
  ].filter(Boolean);
  const open = c.waiting + c.sending;
  return (
    <Panel label="Progress">
      <div className={styles.progress}>
        <p className="row">
          <span className="big">{count(done)}</span>
          <span className="t2">of {count(c.selected)}</span>
          <span className="t3">{c.selected > 0 ? percent(done / c.selected) : ''}</span>
          <span className="grow" />
          {state === 'running' && replay.ratePerSecond !== null ? (
            <span className="nw">
              <b>{rate(replay.ratePerSecond)}</b>
              {replay.request.rate ? ` of ${rate(replay.request.rate)}` : ''}
            </span>
          ) : null}
          {left === null ? null : (
            <span className="nw">
              about <b>{duration(left)}</b> left
            </span>
          )}
        </p>
        <SegmentedBar segments={segments} />
      </div>
      <Stats bare>
        <Stat label="Settled" hop="settled" value={count(c.settled)} note="a span said so" />
        <Stat label="Delivered" hop="delivered" value={count(c.delivered)} note="no ack seen" />
        <Stat label="Confirmed" hop="replayed" value={count(c.confirmed)} note="not seen delivered" />
        <Stat
          label="Died again"
          hop="dead"
          value={count(c.diedAgain)}
          note={c.diedAgain > 0 ? 'seen by the tap' : 'none seen'}
        />
        <Stat
          label="Stayed"
          hop="returned"
          value={count(c.returned + c.skipped)}
          note={stayed.length > 0 ? stayed.join(', ') : 'none'}
        />
        <Stat
          label={state === 'running' || state === 'planned' ? 'Waiting' : 'Not sent'}
          hop="waiting"
          value={count(open)}
          note={open > 0 ? `still in ${replay.queue}` : 'none left'}
        />
        <Stat
          label="Unknown"
          hop="unknown"
          value={count(c.unknown)}
          note={c.possiblyDuplicated > 0 ? `${count(c.possiblyDuplicated)} possibly twice` : 'none twice'}
        />
      </Stats>
    </Panel>
  );
}
