import type { ReactNode } from 'react';
import type { Problem as ProblemShape } from '@/lib/model/errors';
import { cx } from './cx';
import { Glyph } from './Glyph';
import styles from './Problem.module.css';

/**
 * A refusal or failure (RFC 9457) in three parts: what happened, what was not done, what to do next.
 * `quiet` draws it as a line inside a form or panel instead of a tinted block.
 */
export function Problem({
  problem,
  action,
  quiet,
}: {
  problem: Pick<ProblemShape, 'detail'> & Partial<ProblemShape>;
  /** A retry or sign-in button. */
  action?: ReactNode;
  quiet?: boolean;
}) {
  return (
    <div className={cx(styles.problem, quiet && styles.quiet)} role="alert">
      <Glyph hop="dead" />
      <div className="grow">
        <p className="t1 wrap">
          <b>{ended(problem.detail)}</b>
        </p>
        {problem.notDone ? <p className="wrap">{ended(problem.notDone)}</p> : null}
        {problem.errors && problem.errors.length > 1 ? (
          <ul className={styles.errors}>
            {problem.errors.map((error) => (
              <li key={`${error.path} ${error.message}`}>
                {error.path ? <code>{error.path}</code> : null} {error.message}
              </li>
            ))}
          </ul>
        ) : null}
        {problem.next ? <p className="wrap">{ended(problem.next)}</p> : null}
        {problem.retryAfterSeconds ? <p>Try again in {problem.retryAfterSeconds} s.</p> : null}
      </div>
      {action}
    </div>
  );
}

/** A sentence with its full stop and a capital. A command at its end has none: it would be copied with it. */
function ended(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?:…]$|: rabbitmq\S+ [^.]+$/.test(first) ? first : `${first}.`;
}
