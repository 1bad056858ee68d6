'use client';
import type { FormEvent, KeyboardEvent, ReactNode } from 'react';
import { Button } from './Button';
import { cx } from './cx';
import { Dialog } from './Dialog';
import styles from './Sheet.module.css';

/**
 * A dialog docked right, so that what it speaks of stays in sight; the whole screen on a phone. Its body scrolls between
 * its head, which ends in the button that closes it, and its foot.
 */
export function Sheet({
  labelledBy,
  head,
  foot,
  narrow = false,
  onClose,
  onSubmit,
  onKeyDown,
  noValidate,
  children,
}: {
  /** ID of its title in `head`. */
  labelledBy: string;
  head: ReactNode;
  foot?: ReactNode;
  /** 520 px, else 680. */
  narrow?: boolean;
  onClose: () => void;
  /** It is a form: Enter in a field, or the submit button in `foot`. */
  onSubmit?: (() => void) | undefined;
  noValidate?: boolean;
  /** Keys of the whole sheet; each has its button too. */
  onKeyDown?: (event: KeyboardEvent) => void;
  children: ReactNode;
}) {
  const parts = (
    <>
      <div className={styles.head}>
        {head}
        <Button look="quiet" icon="close" aria-label="Close" onClick={onClose} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <div className={styles.body} tabIndex={0}>
        {children}
      </div>
      {foot ? <div className={styles.foot}>{foot}</div> : null}
    </>
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit?.();
  };
  return (
    <Dialog onClose={onClose} labelledBy={labelledBy} className={cx(styles.sheet, narrow && styles.narrow)}>
      {onSubmit ? (
        <form className={styles.frame} noValidate={noValidate} onSubmit={submit}>
          {parts}
        </form>
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: keys of the whole sheet; each has its button too
        <div className={styles.frame} onKeyDown={onKeyDown}>
          {parts}
        </div>
      )}
    </Dialog>
  );
}
