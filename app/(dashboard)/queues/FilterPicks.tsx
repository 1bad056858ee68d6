'use client';
import { useMemo } from 'react';
import { Button } from '@/app/_ui/Button';
import { Labelled } from '@/app/_ui/Field';
import { count } from '@/app/_ui/format';
import { Select } from '@/app/_ui/Select';
import type { QueueRow } from '@/lib/model/live';
import { conditionOf, type Field, valuesOf, withCondition } from './queue-list';
import styles from './queues.module.css';

const PICKED: readonly { field: Field; label: string }[] = [
  { field: 'type', label: 'Type' },
  { field: 'state', label: 'State' },
  { field: 'policy', label: 'Policy' },
  { field: 'node', label: 'Node' },
];
/** More than these are quicker typed than picked. */
const MOST = 50;

/** A choice for each, and a way to let go of all. */
export function FilterPicks({
  queues,
  text,
  onChange,
  close,
}: {
  queues: readonly QueueRow[];
  text: string;
  onChange: (text: string) => void;
  close: () => void;
}) {
  return (
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
