'use client';
import { Button } from '@/app/_ui/Button';
import { cx } from '@/app/_ui/cx';
import { Input } from '@/app/_ui/Field';
import { counted } from '@/app/_ui/format';
import { Select } from '@/app/_ui/Select';
import { headerOrigin } from '@/lib/journey/header-origin';
import type { Message, WireTag } from '@/lib/model/message';
import { wireName } from '../_parts/message/header-view';
import edit from './edit.module.css';
import { type DraftErrors, type HeaderDraft, typedValue } from './letter-draft';

/** In the order in which people want them. */
const TYPES: readonly WireTag[] = [
  'S',
  't',
  'I',
  'l',
  'd',
  'T',
  'F',
  'A',
  'b',
  'B',
  's',
  'u',
  'i',
  'L',
  'f',
  'D',
  'x',
  'V',
];
const HINTS: Partial<Record<WireTag, string>> = {
  t: 'true or false',
  T: 'seconds since 1970',
  F: '{"name": "value"}',
  A: '["value"]',
  D: '-12.50',
  x: 'base64',
  V: 'no value',
};

/** Each header with its type on the wire; those that the broker or the replay sets are only named. */
export function EditHeaders({
  message,
  rows,
  errors,
  onChange,
}: {
  message: Message;
  rows: readonly HeaderDraft[];
  errors: DraftErrors;
  onChange: (rows: HeaderDraft[]) => void;
}) {
  const set = (key: string, more: Partial<HeaderDraft>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...more } : row)));
  const theirs = message.headers.filter((h) => headerOrigin(h.name) !== 'publisher' || /^B?CC$/.test(h.name));
  const add = () => {
    const taken = rows.map((row) => Number(/^new(\d+)$/.exec(row.key)?.[1] ?? 0));
    const key = `new${Math.max(0, ...taken) + 1}`;
    onChange([...rows, { key, name: '', type: 'S', value: '', original: null, removed: false }]);
  };
  return (
    <>
      {rows.length === 0 ? <p className="t3">The publisher set no headers.</p> : null}
      {rows.map((row, at) => {
        const nth = row.name || `header ${at + 1}`;
        const error = errors[`header.${row.key}.name`] ?? errors[`header.${row.key}.value`];
        const { original } = row;
        const changed =
          original !== null &&
          (row.name !== original.name || row.type !== original.type || row.value !== typedValue(original));
        return (
          <div key={row.key} className={edit.header}>
            <Input
              mono
              aria-label={`Name of header ${at + 1}`}
              placeholder="name"
              disabled={row.removed}
              aria-invalid={errors[`header.${row.key}.name`] ? true : undefined}
              autoComplete="off"
              spellCheck={false}
              className={cx(row.removed && edit.removed)}
              value={row.name}
              onChange={(event) => set(row.key, { name: event.target.value })}
            />
            <Select
              aria-label={`Type of ${nth}`}
              disabled={row.removed}
              value={row.type}
              onChange={(event) => {
                const type = TYPES.find((t) => t === event.target.value);
                if (type) set(row.key, { type });
              }}
            >
              {TYPES.map((type) => (
                <option key={type} value={type}>
                  {wireName(type)}
                </option>
              ))}
            </Select>
            <Input
              mono
              aria-label={`Value of ${nth}`}
              placeholder={HINTS[row.type] ?? 'value'}
              disabled={row.removed || row.type === 'V'}
              aria-invalid={errors[`header.${row.key}.value`] ? true : undefined}
              autoComplete="off"
              spellCheck={false}
              className={cx(row.removed && edit.removed)}
              value={row.type === 'V' ? '' : row.value}
              onChange={(event) => set(row.key, { value: event.target.value })}
            />
            {row.removed || changed ? (
              <Button
                look="quiet"
                icon="retry"
                aria-label={`Put ${nth} back as it was`}
                onClick={() =>
                  original &&
                  set(row.key, {
                    name: original.name,
                    type: original.type ?? 'S',
                    value: typedValue(original),
                    removed: false,
                  })
                }
              />
            ) : (
              <Button
                look="quiet"
                icon="close"
                aria-label={`Remove ${nth}`}
                onClick={() =>
                  original === null
                    ? onChange(rows.filter((other) => other.key !== row.key))
                    : set(row.key, { removed: true })
                }
              />
            )}
            {error ? (
              <p className={cx('s dead ink', edit.wide)} role="alert">
                {error}
              </p>
            ) : row.removed ? (
              <p className={cx('s t3', edit.wide)}>taken off</p>
            ) : null}
          </div>
        );
      })}
      <div>
        <Button small onClick={add}>
          Add a header
        </Button>
      </div>
      {theirs.length > 0 ? (
        <p className="s t3 wrap">
          {counted(theirs.length, 'header')} of the broker and of replays {theirs.length === 1 ? 'is' : 'are'}{' '}
          not yours to change; the plan says what becomes of {theirs.length === 1 ? 'it' : 'them'}:{' '}
          <span className="mono">{theirs.map((h) => h.name).join(', ')}</span>.
        </p>
      ) : null}
    </>
  );
}
