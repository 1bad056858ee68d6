'use client';
import button from './_ui/Button.module.css';
import styles from './_ui/Problem.module.css';

/**
 * What is shown when a page outside the dashboard breaks, in plain elements: every first visit loads this, and the parts
 * of `_ui` would come with it a second time.
 */
export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main style={{ padding: 16 }}>
      <div className={styles.problem} role="alert">
        <div className="grow">
          <p className="t1 wrap">
            <b>This page broke: {error.message || 'an error without a message'}.</b>
          </p>
          <p>
            Nothing was sent to the broker by this. Draw it again. If it stays, the browser's console says
            more
            {error.digest ? `, the server's log too (${error.digest})` : ''}.
          </p>
        </div>
        <button type="button" className={button.btn} onClick={reset}>
          Draw again
        </button>
      </div>
    </main>
  );
}
