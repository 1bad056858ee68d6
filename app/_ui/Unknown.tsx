import { cx } from './cx';
import styles from './Unknown.module.css';

/**
 * A figure that could not be read: hatch, a word and the reason. Never a zero, never a dash
 * (a dash is for a figure that cannot exist, e.g. the utilisation of a queue without consumers).
 */
export function Unknown({
  reason,
  word = 'unknown',
  bar,
  showReason,
}: {
  reason: string;
  word?: string;
  /** Fill the width with hatch, as in a row whose figures are all unknown. */
  bar?: boolean;
  /** Show the reason after the word, not only on hover. */
  showReason?: boolean;
}) {
  if (bar)
    return (
      <span className={styles.bar} title={reason}>
        <span className="vh">
          {word}: {reason}
        </span>
      </span>
    );
  return (
    <span className={cx(styles.unknown)} title={reason}>
      {word}
      {showReason ? ` ${reason}` : <span className="vh">: {reason}</span>}
    </span>
  );
}
