import { useMemo } from 'react';
import { Button } from '@/app/_ui/Button';
import { Labelled } from '@/app/_ui/Field';
import { count } from '@/app/_ui/format';
import { Menu } from '@/app/_ui/Menu';
import { Select } from '@/app/_ui/Select';
import type { QueueRow } from '@/lib/model/live';
import { conditionOf, type Field, parseFilter, valuesOf, withCondition } from './queue-list';
import styles from './queues.module.css';

const PICKED: readonly { field: Field; label: string }[] = [
  { field: 'type', label: 'Type' },
  { field: 'state', label: 'State' },
  { field: 'policy', label: 'Policy' },
  { field: 'node', label: 'Node' },
];
/** More than these are quicker typed than picked. */
const MOST = 50;

/** The conditions of the filter's text for those who would rather pick: what there is, with how many queues have it. */
export function FilterMenu({
  queues,
  text,
  onChange,
}: {
  queues: readonly QueueRow[];
  text: string;
  onChange: (text: string) => void;
}) {
  const { conditions } = parseFilter(text);
  const label = conditions.length === 0 ? 'Filter' : `Filter, ${conditions.length}`;
  return (
    <Menu lazy label="Filter by" width={260} button={{ icon: 'filter', children: label }}>
      {(close) => (
        <div className={styles.picks}>
          {PICKED.map(({ field, label }) => (
            <Pick key={field} queues={queues} text={text} field={field} label={label} onChange={onChange} />
          ))}
          <div className="row">
            <span className="grow" />
            <Button
              small
              onClick={() => {
                onChange(PICKED.reduce((rest, { field }) => withCondition(rest, field, ''), text));
                close();
              }}
            >
              Any of these
            </Button>
          </div>
        </div>
      )}
    </Menu>
  );
}

function Pick({
  queues,
  text,
  field,
  label,
  onChange,
}: {
  queues: readonly QueueRow[];
  text: string;
  field: Field;
  label: string;
  onChange: (text: string) => void;
}) {
  const values = useMemo(() => valuesOf(queues, field).slice(0, MOST), [queues, field]);
  const now = conditionOf(text, field);
  const there = values.some(({ value }) => value.toLowerCase() === now);
  return (
    <Labelled label={label}>
      {(ids) => (
        <Select
          {...ids}
          value={now}
          onChange={(event) => onChange(withCondition(text, field, event.target.value))}
        >
          <option value="">any</option>
          {/* typed, and not what a queue has: part of a value, or nothing */}
          {now === '' || there ? null : <option value={now}>{now}…</option>}
          {values.map(({ value, count: many }) => (
            <option key={value} value={value.toLowerCase()}>
              {value} ({count(many)})
            </option>
          ))}
        </Select>
      )}
    </Labelled>
  );
}
