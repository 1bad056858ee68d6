'use client';
import { type ReactNode, useId } from 'react';
import { Button } from './Button';
import styles from './PlanDialog.module.css';
import { Sheet } from './Sheet';

/**
 * The frame of a plan. Nothing has happened yet while it
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
  return (
    <Sheet
      narrow
      labelledBy={id}
      onClose={onClose}
      onSubmit={onSubmit ?? nothing}
      head={
        <>
          <h1 id={id}>{title}</h1>
          <span className="s t3 cut grow">{hint}</span>
        </>
      }
      foot={
        <>
          <span className="s t3 grow">{note}</span>
          <Button onClick={onClose}>Cancel</Button>
          {actions}
        </>
      }
    >
      {children}
    </Sheet>
  );
}

const nothing = () => {};

/** Warnings of a plan, before everything else. `head` is the fact in bold, `children` what follows from it. */
export function Warnings({ children }: { children: ReactNode }) {
  return <ul className={styles.warnings}>{children}</ul>;
}
