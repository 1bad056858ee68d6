import type { ReactNode } from 'react';
import styles from './Chip.module.css';
import { Icon } from './Icon';

/** One condition of a filter. With `onRemove` it carries its own ×. */
export function Chip({
  children,
  onRemove,
  name,
}: {
  children: ReactNode;
  onRemove?: () => void;
  /** What is removed, for screen readers. */
  name?: string;
}) {
  return (
    <span className={styles.chip}>
      {children}
      {onRemove ? (
        <button type="button" aria-label={`Remove ${name ?? 'this condition'}`} onClick={onRemove}>
          <Icon name="close" size={12} />
        </button>
      ) : null}
    </span>
  );
}
