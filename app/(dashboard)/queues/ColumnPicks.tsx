'use client';
import { Check } from '@/app/_ui/Check';
import { COLUMNS } from './columns';
import styles from './queues.module.css';

interface ColumnPicksProps {
  chosen: readonly string[];
  /** In the order of the table. */
  onChange: (ids: string[]) => void;
}

/** A box for each column. */
export function ColumnPicks({ chosen, onChange }: ColumnPicksProps) {
  return (
    <ul className={styles.columns}>
      {COLUMNS.map((column) => (
        <li key={column.id}>
          <Check
            checked={chosen.includes(column.id)}
            onChange={(on) =>
              onChange(COLUMNS.map((c) => c.id).filter((id) => (id === column.id ? on : chosen.includes(id))))
            }
          >
            {column.title}
          </Check>
        </li>
      ))}
    </ul>
  );
}
