'use client';
import { cx } from '@/app/_ui/cx';
import type { LiveState } from '@/lib/model/live';
import { StatusList } from '../_parts/StatusList';
import { fullStatus, statusLines } from '../_parts/status-words';
import styles from './shell.module.css';

interface StatusProps {
  live: LiveState;
  /** ms since 1970 */
  now: number;
}

/** Four lines for the rail. */
export function BriefStatus({ live, now }: StatusProps) {
  return (
    <dl className={styles.corner} aria-label="Status">
      {statusLines(live, now).map((line) => (
        <div key={line.name}>
          <dt>{line.name}</dt>
          <dd className={cx(line.hue !== 'settled' && `${line.hue} ink`)} title={line.words.join(' ')}>
            {line.brief}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The same with all that there is to say. */
export function FullStatus({ live, now }: StatusProps) {
  return <StatusList lines={fullStatus(live, now)} />;
}
