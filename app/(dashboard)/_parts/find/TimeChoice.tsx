'use client';
import { type FormEvent, useState } from 'react';
import { Button } from '@/app/_ui/Button';
import { Input, Labelled } from '@/app/_ui/Field';
import { localInput, RANGES, whenOf } from './filter-times';
import styles from './time-range.module.css';

interface TimeChoiceProps {
  /** As the URL keeps them. */
  from: string | null;
  to: string | null;
  /** ms since 1970; null before the page knows. */
  now: number | null;
  onChange: (from: string | null, to: string | null) => void;
}

/** The whiles back from now as buttons, two fields for any other. */
export function TimeChoice({ from, to, now, onChange }: TimeChoiceProps) {
  return (
    <div className={styles.times}>
      {[{ value: null, label: 'All time' }, ...RANGES].map(({ value, label }) => (
        <button
          key={label}
          type="button"
          aria-pressed={to === null && from === value}
          onClick={() => onChange(value, null)}
        >
          {label}
        </button>
      ))}
      <Custom key={`${from} ${to}`} from={from} to={to} now={now} onChange={onChange} />
    </div>
  );
}

function Custom({ from, to, now, onChange }: TimeChoiceProps) {
  const [wrong, setWrong] = useState<string | null>(null);
  const start = (text: string | null) => {
    const at = text === null || now === null ? null : whenOf(text, now);
    return at === null ? '' : localInput(at);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const read = (name: string) => {
      const at = Date.parse(String(data.get(name) ?? ''));
      return Number.isNaN(at) ? null : new Date(at).toISOString();
    };
    const [first, last] = [read('from'), read('to')];
    if (first === null && last === null) return setWrong('Give one time or both.');
    if (first !== null && last !== null && first >= last) return setWrong('It ends before it begins.');
    onChange(first, last);
  };
  return (
    <form className={styles.custom} onSubmit={submit}>
      <Labelled label="From">
        {(ids) => <Input {...ids} type="datetime-local" step={1} name="from" defaultValue={start(from)} />}
      </Labelled>
      <Labelled label="To" error={wrong ?? undefined}>
        {(ids) => <Input {...ids} type="datetime-local" step={1} name="to" defaultValue={start(to)} />}
      </Labelled>
      <div className="row">
        <span className="grow" />
        <Button type="submit">Show this time</Button>
      </div>
    </form>
  );
}
