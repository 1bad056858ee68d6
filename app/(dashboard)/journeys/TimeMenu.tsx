'use client';
import { type FormEvent, useState } from 'react';
import { Button } from '@/app/_ui/Button';
import { useNow } from '@/app/_ui/clock';
import { Input, Labelled } from '@/app/_ui/Field';
import { Menu } from '@/app/_ui/Menu';
import { localInput, RANGES, shownTime, whenOf } from '../_parts/find/filter-times';
import { askedOf, type Condition, type Question } from '../_parts/find/question';
import styles from './journeys.module.css';
import type { Asking } from './use-question';

/** When it was seen: a while back from now, between two moments, or at any time. */
export function TimeMenu({ asking }: { asking: Asking }) {
  const now = useNow();
  const { question } = asking;
  const put = (from: string | null, to: string | null, close: () => void) => {
    const rest = question.conditions.filter((c) => c.field !== 'from' && c.field !== 'to');
    const times: Condition[] = [
      ...(from === null ? [] : [{ field: 'from' as const, value: from }]),
      ...(to === null ? [] : [{ field: 'to' as const, value: to }]),
    ];
    asking.set({ ...question, conditions: [...rest, ...times] });
    close();
  };
  const from = askedOf(question, 'from');
  const to = askedOf(question, 'to');
  return (
    <Menu label="Time" width={260} button={{ children: timeWords(question, now) }}>
      {(close) => (
        <div className={styles.times}>
          {[{ value: null, label: 'All time' }, ...RANGES].map(({ value, label }) => (
            <button
              key={label}
              type="button"
              aria-pressed={to === null && from === value}
              onClick={() => put(value, null, close)}
            >
              {label}
            </button>
          ))}
          <Custom
            key={`${from} ${to}`}
            from={from}
            to={to}
            now={now}
            onChange={(first, last) => put(first, last, close)}
          />
        </div>
      )}
    </Menu>
  );
}

/** "Last hour", "since 10:03:12", "10:03:12 to 10:05:00". */
export function timeWords(question: Question, now: number | null): string {
  const from = askedOf(question, 'from');
  const to = askedOf(question, 'to');
  if (from === null && to === null) return 'All time';
  const range = to === null ? RANGES.find((r) => r.value === from) : undefined;
  if (range) return range.label;
  if (to === null) return `since ${shownTime(from ?? '', now)}`;
  return from === null ? `until ${shownTime(to, now)}` : `${shownTime(from, now)} to ${shownTime(to, now)}`;
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
