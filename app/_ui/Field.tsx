'use client';
import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from 'react';
import { cx } from './cx';
import styles from './Field.module.css';

/** A label over its control, with a hint below and, when the value will not do, why. */
export function Labelled({
  label,
  hint,
  error,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode;
}) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={styles.labelled}>
      <label htmlFor={id} className="s t3">
        {label}
      </label>
      {children({
        id,
        ...(note ? { 'aria-describedby': `${id}-note` } : {}),
        ...(error ? { 'aria-invalid': true as const } : {}),
      })}
      {note ? (
        <p
          id={`${id}-note`}
          className={cx('s', error ? 'dead ink' : 't3')}
          role={error ? 'alert' : undefined}
        >
          {note}
        </p>
      ) : null}
    </div>
  );
}

/** One line of text. `width` in px; numbers are right-aligned. Give `aria-label` when no `Labelled` is around it. */
export function Input({
  width,
  mono,
  className,
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { width?: number; mono?: boolean }) {
  return (
    <input
      {...rest}
      className={cx(styles.input, mono && 'mono', rest.type === 'number' && styles.number, className)}
      style={width ? { width } : rest.style}
    />
  );
}

/** Several lines of text, e.g. a body. */
export function TextArea({
  mono,
  className,
  ...rest
}: TextareaHTMLAttributes<HTMLTextAreaElement> & { mono?: boolean }) {
  return (
    <textarea
      spellCheck={false}
      {...rest}
      className={cx(styles.input, styles.area, mono && 'mono', className)}
    />
  );
}

/** On or off, at once. For a choice that waits for a button use Check. */
export function Switch({
  checked,
  onChange,
  label,
  disabled,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: string;
  disabled?: boolean;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      disabled={disabled}
      className={styles.switch}
      onClick={() => onChange(!checked)}
    />
  );
}
