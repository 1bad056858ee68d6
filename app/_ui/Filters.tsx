import type { ReactNode } from 'react';
import { cx } from './cx';
import styles from './Filters.module.css';

/** What stands above a list to choose from it: its search field first, which takes the room that is left. */
export function Filters({ children }: { children: ReactNode }) {
  return <div className={styles.filters}>{children}</div>;
}

/**
 * Buttons of which one is on, such as "All 12, Needs a look 3". `line`: they have a line of their own. Where there is no
 * room they scroll sideways.
 */
export function Choices<T>({
  legend,
  options,
  value,
  onChange,
  line,
}: {
  /** For screen readers. */
  legend: string;
  options: readonly { value: T; label: ReactNode }[];
  value: T;
  onChange: (value: T) => void;
  line?: boolean;
}) {
  return (
    <fieldset className={cx(styles.choices, line && styles.line)}>
      <legend className="vh">{legend}</legend>
      {options.map((option) => (
        <button
          key={String(option.value)}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}
