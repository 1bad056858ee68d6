'use client';
import { type ReactNode, useId } from 'react';
import { cx } from './cx';
import styles from './Field.module.css';

/** One of a few: a radio group drawn as joined segments. */
export function Segmented<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: ReactNode; reason?: string | undefined }[];
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className={styles.segments}>
      <legend className="vh">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className={cx(value === option.value && styles.on)} title={option.reason}>
          <input
            type="radio"
            className="vh"
            name={name}
            checked={value === option.value}
            disabled={Boolean(option.reason)}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
