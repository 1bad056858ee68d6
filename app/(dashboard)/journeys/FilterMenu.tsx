'use client';
import { type FormEvent, useId, useState } from 'react';
import { Button } from '@/app/_ui/Button';
import { Input, Labelled } from '@/app/_ui/Field';
import { Menu } from '@/app/_ui/Menu';
import { Select } from '@/app/_ui/Select';
import { journeyStatuses } from '@/lib/model/names';
import { whyNot } from '../_parts/find/filter-text';
import type { Condition, Field } from '../_parts/find/question';
import { reasonWords } from '../_parts/reason';
import styles from './journeys.module.css';
import { HINTS, type Known, REASONS } from './suggestions';
import type { Asking } from './use-question';

/** What the menu asks for; times have a control of their own, the vhost is the scope of all screens. */
const ASKED: readonly { field: Field; label: string; placeholder?: string }[] = [
  { field: 'queue', label: 'Queue' },
  { field: 'exchange', label: 'Exchange' },
  { field: 'key', label: 'Routing key', placeholder: 'order.*' },
  { field: 'header', label: 'Header', placeholder: 'tenant=acme' },
  { field: 'text', label: 'Text in the body' },
  { field: 'client', label: 'User, connection or service' },
];

/** The same conditions as the box takes, for those who would rather fill in a form. */
export function FilterMenu({ asking, known }: { asking: Asking; known: Known }) {
  const count = asking.question.conditions.filter((c) => c.field !== 'vhost').length;
  return (
    <Menu
      label="Filter journeys"
      width={340}
      button={{
        children: (
          <>
            <svg className="i" viewBox="0 0 16 16" width={14} height={14} aria-hidden="true">
              <path d="M2.5 4h11M4.5 8h7M6.5 12h3" />
            </svg>
            {count === 0 ? 'Filter' : `Filter, ${count}`}
          </>
        ),
      }}
    >
      {(close) => (
        <Form
          // begins anew with what is asked now
          key={JSON.stringify(asking.question)}
          asking={asking}
          known={known}
          onDone={close}
        />
      )}
    </Menu>
  );
}

function Form({ asking, known, onDone }: { asking: Asking; known: Known; onDone: () => void }) {
  const id = useId();
  const { question } = asking;
  const [wrong, setWrong] = useState<{ field: Field; why: string } | null>(null);
  const first = (field: Field) => question.conditions.find((c) => c.field === field)?.value ?? '';
  const others = question.conditions.filter((c) => c.field === 'header').slice(1);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const filled: Condition[] = [];
    for (const { field } of [...ASKED, { field: 'status' as const }, { field: 'reason' as const }]) {
      const value = String(data.get(field) ?? '').trim();
      if (value === '') continue;
      const condition = { field, value: field === 'exchange' && value === DEFAULT ? '' : value };
      const why = whyNot(condition, true, Date.now());
      if (why) return setWrong({ field, why });
      filled.push(condition);
    }
    const kept = question.conditions.filter(
      (c) => c.field === 'from' || c.field === 'to' || c.field === 'vhost',
    );
    asking.set({ q: question.q, conditions: [...kept, ...filled, ...others] });
    onDone();
  };
  return (
    <form className={styles.filterForm} onSubmit={submit}>
      {ASKED.map(({ field, label, placeholder }) => (
        <Labelled
          key={field}
          label={label}
          hint={field === 'key' || field === 'header' ? HINTS[field] : undefined}
          error={wrong?.field === field ? wrong.why : undefined}
        >
          {(ids) => (
            <Input
              {...ids}
              mono
              name={field}
              defaultValue={shown(
                field,
                first(field),
                question.conditions.some((c) => c.field === field),
              )}
              placeholder={placeholder}
              spellCheck={false}
              autoComplete="off"
              list={known[field] ? `${id}-${field}` : undefined}
            />
          )}
        </Labelled>
      ))}
      {ASKED.map(({ field }) =>
        known[field] ? (
          <datalist key={field} id={`${id}-${field}`}>
            {known[field].map((name) => (
              <option key={name} value={shown(field, name, true)} />
            ))}
          </datalist>
        ) : null,
      )}
      <div className={styles.pair}>
        <Labelled label="Status">
          {(ids) => (
            <Select {...ids} name="status" defaultValue={first('status')}>
              <option value="">any</option>
              {journeyStatuses.map((status) => (
                <option key={status}>{status}</option>
              ))}
            </Select>
          )}
        </Labelled>
        <Labelled label="Died because">
          {(ids) => (
            <Select {...ids} name="reason" defaultValue={first('reason')}>
              <option value="">any</option>
              {REASONS.map((reason) => (
                <option key={reason} value={reason}>
                  {reasonWords(reason)}
                </option>
              ))}
            </Select>
          )}
        </Labelled>
      </div>
      <div className="row">
        <span className="grow" />
        <Button
          onClick={() => {
            asking.clear();
            onDone();
          }}
        >
          Clear
        </Button>
        <Button look="primary" type="submit">
          Show these
        </Button>
      </div>
    </form>
  );
}

const DEFAULT = '(default exchange)';

function shown(field: Field, value: string, there: boolean): string {
  return field === 'exchange' && value === '' && there ? DEFAULT : value;
}
