import { cx } from '@/app/_ui/cx';
import { Panel } from '@/app/_ui/Panel';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import type { StatusCorner } from '@/lib/model/live';
import type { StatusLine } from '../_parts/status-words';
import styles from './status.module.css';

/** Broker, tap, store and the like, each in a word and in whole sentences with how to mend it. */
export function Parts({
  lines,
  events = [],
}: {
  lines: readonly StatusLine[] | null;
  /** What the broker tells of itself, where that is switched on. */
  events?: StatusCorner['events'];
}) {
  return (
    <Panel title="Parts">
      {lines ? (
        <dl className={styles.parts}>
          {lines.map((line) => (
            <div key={line.name}>
              <dt className="t1">
                <span className={cx('dot', line.hue !== 'settled' && 'ring', line.hue)} />
                <b>{line.name}</b>
                <span className="grow" />
                <span className="s t3">{line.brief}</span>
              </dt>
              {line.words.map((words) => (
                <dd key={words} className="s t2 wrap">
                  {words}
                </dd>
              ))}
            </div>
          ))}
          {events.map((source) => (
            <div key={source.source}>
              <dt className="t1">
                <span className={cx('dot', source.state === 'on' ? 'settled' : 'ring unknown')} />
                <b>{source.source === 'event' ? 'Broker events' : 'Broker log'}</b>
                <span className="grow" />
                <span className="s t3">{source.state}</span>
              </dt>
              <dd className="s t2 wrap">{source.words}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <SkeletonRows rows={4} label="Reading the parts" />
      )}
    </Panel>
  );
}
