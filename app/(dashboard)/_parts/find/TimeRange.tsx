'use client';
import { type FormEvent, useState } from 'react';
import { Button } from '@/app/_ui/Button';
import { useNow } from '@/app/_ui/clock';
import { Input, Labelled } from '@/app/_ui/Field';
import { Menu } from '@/app/_ui/Menu';
import { localInput, RANGES, timeWords, whenOf } from './filter-times';
import styles from './time-range.module.css';

/** A while back from now, between two moments, or all time; as the URL keeps times. */
export function TimeRange({
  from,
  to,
  onChange,
}: {
  from: string | null;
  to: string | null;
  onChange: (from: string | null, to: string | null) => void;
}) {
  const now = useNow();
  return (
    <Menu label="Time" width={260} button={{ children: timeWords(from, to, now) }}>
      {(close) => {
        const put = (first: string | null, last: string | null) => {
          onChange(first, last);
          close();
        };
        return (
          <div className={styles.times}>
            {[{ value: null, label: 'All time' }, ...RANGES].map(({ value, label }) => (
              <button
                key={label}
                type="button"
                aria-pressed={to === null && from === value}
                onClick={() => put(value, null)}
              >
                {label}
              </button>
            ))}
            <Custom key={`${from} ${to}`} from={from} to={to} now={now} onChange={put} />
          </div>
        );
      }}
    </Menu>
  );
}

function Custom({
  from,
  to,
  now,
  onChange,
}: {
  from: string | null;
  to: string | null;
  now: number | null;
  onChange: (from: string | null, to: string | null) => void;
}) {
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
