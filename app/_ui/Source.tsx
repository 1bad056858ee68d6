import { cx } from './cx';
import styles from './Source.module.css';

/**
 * Where a fact comes from. Observed: the tap, a span or Hoplight itself saw it (solid).
 * Inferred: read off `x-death` or deduced (dashed); `how` says by what, on hover and to screen readers.
 */
export function Source({ kind, how }: { kind: 'observed' | 'inferred'; how?: string }) {
  return (
    <span className={cx(styles.src, kind === 'inferred' && styles.inferred)} title={how}>
      {kind}
      {how ? <span className="vh">: {how}</span> : null}
    </span>
  );
}
