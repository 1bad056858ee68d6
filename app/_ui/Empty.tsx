import type { ReactNode } from 'react';
import styles from './Empty.module.css';

/** An empty page or panel teaches: what would be here, why it is not, and the one click or command that fills it. */
export function Empty({
  title,
  children,
  action,
  level = 2,
}: {
  title: string;
  /** What would be here and why it is not. */
  children: ReactNode;
  /** A button, a link or a command with its CopyButton. */
  action?: ReactNode;
  level?: 1 | 2 | 3;
}) {
  const Heading = (['h1', 'h2', 'h3'] as const)[level - 1] ?? 'h2';
  return (
    <div className={styles.empty}>
      <Heading className={level === 3 ? undefined : 'big'}>{title}</Heading>
      <div className={styles.text}>{children}</div>
      {action ? <div className={styles.action}>{action}</div> : null}
    </div>
  );
}
