import { cx } from '@/app/_ui/cx';
import { bytes, full } from '@/app/_ui/format';
import type { LetterEdit } from '@/lib/model/letter-edit';
import type { DeadLetter } from '@/lib/model/replay';
import { diffOf } from '../_parts/message/letter-diff';
import styles from './plan.module.css';

/** What the edit makes of the message; the original stays in the journey. */
export function PlanDiff({ letter, change }: { letter: DeadLetter; change: LetterEdit }) {
  const { rows, body } = diffOf(letter.message, change, full);
  return (
    <>
      <h2>What you changed</h2>
      {rows.length === 0 && body === null ? <p>Nothing: the copy goes as it lies there.</p> : null}
      {rows.length > 0 ? (
        <table className={styles.changes}>
          <thead>
            <tr>
              <th>Field</th>
              <th>Was</th>
              <th>Will be</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.of} ${row.name}`}>
                <td className="mono t1 wrap">{row.name}</td>
                <td className="mono t3 wrap">{row.before ?? 'not set'}</td>
                <td className="mono t1 wrap">{row.after ?? 'taken off'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {body ? (
        <>
          <p className="s t3">
            Body, {bytes(body.before)} before, {bytes(body.after)} after
            {body.isJson ? ', JSON' : ''}
          </p>
          {body.lines ? (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
            <pre className={styles.diff} tabIndex={0}>
              {body.lines.map((line, i) => (
                <span
                  // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name
                  key={i}
                  className={cx(line.sign === '-' && styles.minus, line.sign === '+' && styles.plus)}
                >
                  {line.sign} {line.text}
                  {'\n'}
                </span>
              ))}
            </pre>
          ) : (
            <p className="s">Too long, or not text: it is replaced as a whole.</p>
          )}
        </>
      ) : null}
      <p className="s t3">The original stays in the journey, as it was.</p>
    </>
  );
}
