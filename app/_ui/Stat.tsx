import type { ReactNode } from 'react';
import { cx } from './cx';
import { Glyph } from './Glyph';
import type { Shape } from './hop';
import styles from './Stat.module.css';
import { Unknown } from './Unknown';

/** A row of figures in one frame. On a phone they stand in threes. */
export function Stats({ children, bare }: { children: ReactNode; bare?: boolean }) {
  return <dl className={cx(styles.stats, !bare && styles.framed)}>{children}</dl>;
}

/** One figure: its name, the value large, a unit or note small. null is unknown, with `reason`. */
export function Stat({
  label,
  value,
  unit,
  note,
  hop,
  reason = 'not read yet',
  children,
}: {
  label: string;
  value: ReactNode | null;
  /** Small, after the value. */
  unit?: ReactNode;
  /** Small, below the value. */
  note?: ReactNode;
  hop?: Shape;
  /** Why the value is null. */
  reason?: string;
  /** Below, the full width: a Spark. */
  children?: ReactNode;
}) {
  return (
    <div className={styles.stat}>
      <dt className={cx('s', hop ? 't2' : 't3')}>
        {hop ? <Glyph hop={hop} /> : null}
        <span className="cut">{label}</span>
      </dt>
      <dd>
        {value === null ? <Unknown reason={reason} /> : <span className="big">{value}</span>}
        {value === null || !unit ? null : <span className="s t3 nw">{unit}</span>}
      </dd>
      {note ? <dd className="s t3">{note}</dd> : null}
      {children ? <dd className={styles.below}>{children}</dd> : null}
    </div>
  );
}
