'use client';
import { type ReactNode, useEffect, useRef } from 'react';
import styles from './Check.module.css';
import { cx } from './cx';

/** A checkbox. `mixed` when some of what it stands for is selected. `label` is spoken; `children` are shown too. */
export function Check({
  checked,
  onChange,
  label,
  children,
  disabled,
}: {
  checked: boolean | 'mixed';
  onChange: (checked: boolean) => void;
  label?: string;
  children?: ReactNode;
  disabled?: boolean;
}) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current) input.current.indeterminate = checked === 'mixed';
  }, [checked]);
  const box = (
    <input
      ref={input}
      type="checkbox"
      className={styles.check}
      checked={checked === true}
      aria-label={children ? undefined : label}
      disabled={disabled}
      onClick={(event) => event.stopPropagation()}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
  if (!children) return box;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the box inside it is its control
    <label className={cx('row', styles.label)}>
      {box}
      <span className="cut">{children}</span>
    </label>
  );
}
