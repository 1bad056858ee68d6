'use client';
import { Button } from '@/app/_ui/Button';
import { Input } from '@/app/_ui/Field';
import { Select } from '@/app/_ui/Select';
import { type Draft, type FieldErrors, HEADER_TYPES, type HeaderRow } from './draft';
import styles from './publish.module.css';

/** Headers, one a row, each with the type that goes onto the wire. */
export function HeaderRows({
  draft,
  change,
  errors,
}: {
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  errors: FieldErrors;
}) {
  const { headers } = draft;
  const set = (key: string, changes: Partial<HeaderRow>) =>
    change({ headers: headers.map((row) => (row.key === key ? { ...row, ...changes } : row)) });
  const add = () =>
    change({ headers: [...headers, { key: crypto.randomUUID(), name: '', type: 'text', value: '' }] });
  return (
    <div className={styles.headers}>
      {headers.map((row, at) => {
        const error = errors[`header.${at}`] ?? errors[`headers.${row.name}`];
        const nth = row.name || `header ${at + 1}`;
        return (
          <div key={row.key} className={styles.header}>
            <Input
              mono
              aria-label={`Name of header ${at + 1}`}
              placeholder="name"
              aria-invalid={error ? true : undefined}
              autoComplete="off"
              spellCheck={false}
              value={row.name}
              onChange={(e) => set(row.key, { name: e.target.value })}
            />
            <Select
              aria-label={`Type of ${nth}`}
              value={row.type}
              onChange={(e) => {
                const type = HEADER_TYPES.find((t) => t === e.target.value);
                if (type) set(row.key, { type });
              }}
            >
              {HEADER_TYPES.map((type) => (
                <option key={type}>{type}</option>
              ))}
            </Select>
            <Input
              mono
              aria-label={`Value of ${nth}`}
              placeholder={row.type === 'boolean' ? 'true or false' : 'value'}
              aria-invalid={error ? true : undefined}
              autoComplete="off"
              spellCheck={false}
              value={row.value}
              onChange={(e) => set(row.key, { value: e.target.value })}
            />
            <Button
              look="quiet"
              icon="close"
              aria-label={`Remove ${nth}`}
              onClick={() => change({ headers: headers.filter((h) => h.key !== row.key) })}
            />
            {error ? (
              <p className={`s dead ink ${styles.headerError}`} role="alert">
                {error}
              </p>
            ) : null}
          </div>
        );
      })}
      <div className="row">
        <Button small onClick={add}>
          Add a header
        </Button>
        <span className="s t3">
          <code>traceparent</code> and <code>X-Trace-ID</code> are added unless you give them.
        </span>
      </div>
    </div>
  );
}
