import { Check } from '@/app/_ui/Check';
import { Menu } from '@/app/_ui/Menu';
import { COLUMNS } from './columns';
import styles from './queues.module.css';

/** Which columns the list shows; their order stays. */
export function ColumnMenu({
  chosen,
  onChange,
}: {
  chosen: readonly string[];
  onChange: (ids: string[]) => void;
}) {
  return (
    <Menu label="Columns" className="wide" width={220} button={{ icon: 'columns', children: 'Columns' }}>
      <ul className={styles.columns}>
        {COLUMNS.map((column) => (
          <li key={column.id}>
            <Check
              checked={chosen.includes(column.id)}
              onChange={(on) =>
                onChange(
                  COLUMNS.map((c) => c.id).filter((id) => (id === column.id ? on : chosen.includes(id))),
                )
              }
            >
              {column.title}
            </Check>
          </li>
        ))}
      </ul>
    </Menu>
  );
}
