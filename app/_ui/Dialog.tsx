'use client';
import { type FormEvent, type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { Button } from './Button';
import { cx } from './cx';
import styles from './Dialog.module.css';

/**
 * The browser's own modal dialog: it traps focus, dims the page, closes on Esc and gives focus back.
 * Mount it only while it is open. `name` labels it where it has no visible title.
 */
export function Dialog({
  onClose,
  labelledBy,
  name,
  className,
  children,
}: {
  onClose: () => void;
  labelledBy?: string;
  name?: string;
  className?: string;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  // a layout effect: a dialog that closes only after it was taken out of the page gives no focus back
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click is on the dimmed page; Esc is its key
    <dialog
      ref={dialog}
      className={cx(styles.dialog, className)}
      aria-labelledby={labelledBy}
      aria-label={name}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      {children}
    </dialog>
  );
}

/**
 * The frame of a plan, docked right so that what it speaks of stays in sight. Nothing has happened yet while it
 * is open; the button at its foot does it and repeats the count ("Replay 1,102 messages").
 */
export function PlanDialog({
  title,
  hint = 'nothing is sent yet',
  note = 'Written to the audit log first',
  onClose,
  onSubmit,
  actions,
  children,
}: {
  title: string;
  hint?: ReactNode;
  /** Left of the buttons. */
  note?: ReactNode;
  onClose: () => void;
  /** Enter in a field, or the submit button in `actions`. */
  onSubmit?: () => void;
  /** The button that acts (`type="submit"` with onSubmit). A Cancel stands before it by itself. */
  actions: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit?.();
  };
  return (
    <Dialog onClose={onClose} labelledBy={id} className={styles.plan}>
      <form className={styles.frame} onSubmit={submit}>
        <div className={styles.head}>
          <h1 id={id}>{title}</h1>
          <span className="s t3 cut grow">{hint}</span>
          <Button look="quiet" icon="close" aria-label="Close" onClick={onClose} />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
        <div className={styles.body} tabIndex={0}>
          {children}
        </div>
        <div className={styles.foot}>
          <span className="s t3 grow">{note}</span>
          <Button onClick={onClose}>Cancel</Button>
          {actions}
        </div>
      </form>
    </Dialog>
  );
}

/** Warnings of a plan, before everything else. `head` is the fact in bold, `children` what follows from it. */
export function Warnings({ children }: { children: ReactNode }) {
  return <ul className={styles.warnings}>{children}</ul>;
}
