'use client';
import type { SelectHTMLAttributes } from 'react';
import { cx } from './cx';
import styles from './Field.module.css';
import { Icon } from './Icon';

/** The browser's own choice list, drawn as the other controls. `quiet` has no outline until pointed at. */
export function Select({
  quiet,
  mono,
  className,
  children,
  ...rest
}: SelectHTMLAttributes<HTMLSelectElement> & { quiet?: boolean; mono?: boolean }) {
  return (
    <span className={cx(styles.select, quiet && styles.quiet, className)}>
      <select {...rest} className={cx(mono && 'mono')}>
        {children}
      </select>
      <Icon name="down" size={14} />
    </span>
  );
}
