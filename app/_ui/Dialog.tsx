'use client';
import { type ReactNode, useLayoutEffect, useRef } from 'react';
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
