'use client';
import { useState } from 'react';
import { Button } from '@/app/_ui/Button';
import { Check } from '@/app/_ui/Check';
import { Input } from '@/app/_ui/Field';
import { count, rate } from '@/app/_ui/format';
import styles from './status.module.css';
import type { Cost } from './words';

/** Most names drawn at once; the filter finds the others. */
const DRAWN = 100;

/** Names to tick, those that cost most first; what is chosen and is there no more stays in the list. */
export function NameList({
  title,
  kind,
  all,
  chosen,
  cost,
  onChange,
}: {
  title: string;
  kind: Cost['kind'];
  all: readonly string[];
  chosen: ReadonlySet<string>;
  cost: readonly Cost[];
  onChange: (chosen: ReadonlySet<string>) => void;
}) {
  const [filter, setFilter] = useState('');
  const rates = new Map(cost.map((c) => [c.name, c.eventsPerSecond]));
  const names = [...new Set([...all, ...chosen])]
    .filter((name) => name.toLowerCase().includes(filter.trim().toLowerCase()))
    .sort((a, b) => (rates.get(b) ?? 0) - (rates.get(a) ?? 0) || (a < b ? -1 : 1));
  const set = (name: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(name);
    else next.delete(name);
    onChange(next);
  };
  return (
    <fieldset className={styles.names}>
      <legend>
        <b>{title}</b>{' '}
        <span className="t3">
          {count(chosen.size)} of {count(new Set([...all, ...chosen]).size)}
        </span>
      </legend>
      <div className="row">
        <Input
          aria-label={`Filter ${kind}s`}
          placeholder={`Filter ${kind}s`}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <Button small onClick={() => onChange(new Set([...chosen, ...names]))}>
          {filter ? 'Choose these' : 'Choose all'}
        </Button>
        <Button small onClick={() => onChange(new Set([...chosen].filter((name) => !names.includes(name))))}>
          {filter ? 'Leave out these' : 'Leave out all'}
        </Button>
      </div>
      <ul>
        {names.slice(0, DRAWN).map((name) => (
          <li key={name} className="row">
            <span className="grow">
              <Check checked={chosen.has(name)} onChange={(on) => set(name, on)}>
                <span className="mono">{name || '(default exchange)'}</span>
              </Check>
            </span>
            <span className="num t3 s">{rates.has(name) ? rate(rates.get(name) ?? 0) : ''}</span>
          </li>
        ))}
      </ul>
      {names.length > DRAWN ? (
        <p className="s t3">{count(names.length - DRAWN)} more: use the filter.</p>
      ) : null}
    </fieldset>
  );
}
