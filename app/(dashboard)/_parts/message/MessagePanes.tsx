'use client';
import { useState } from 'react';
import { CopyButton } from '@/app/_ui/CopyButton';
import { cx } from '@/app/_ui/cx';
import { full } from '@/app/_ui/format';
import { headerOrigin } from '@/lib/journey/header-origin';
import type { Header, Message } from '@/lib/model/message';
import { REDACTED } from '@/lib/model/names';
import { valueText, wireName } from './header-view';
import styles from './message.module.css';
import { propertyRows } from './property-view';

/** The basic properties with their wire types, those that are not set named too. */
export function PropertiesPane({ message }: { message: Message }) {
  const rows = propertyRows(message.properties, full);
  const absent = rows.filter((row) => row.words === null).map((row) => row.name);
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th className={styles.propertyHead}>Property</th>
          <th className={cx('wide', styles.propertyType)}>Wire type</th>
          <th>Value</th>
          <th className={styles.copy}>
            <span className="vh">Copy</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, type, words, value }) =>
          words === null ? null : (
            <tr key={key}>
              <th scope="row" className="mono">
                {name}
              </th>
              <td className="s t3 wide">{type}</td>
              <td className={cx('mono t1', styles.value)} title={words}>
                {words}
              </td>
              <td className={styles.copy}>
                <CopyButton text={value ?? ''} what={name} />
              </td>
            </tr>
          ),
        )}
        {absent.length > 0 ? (
          <tr>
            <th scope="row">not set</th>
            <td className="wide" />
            <td className={cx('mono t3', styles.absent)} colSpan={2}>
              {absent.join(', ')}
            </td>
          </tr>
        ) : null}
      </tbody>
    </table>
  );
}

/** Each header with the type it has on the wire and who set it. A click shows a long value whole. */
export function HeadersPane({ message }: { message: Message }) {
  const [open, setOpen] = useState<number | null>(null);
  if (message.headers.length === 0) return <p className={cx('t3', styles.note)}>It carries no headers.</p>;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th className={styles.nameHead}>Header</th>
          <th className={styles.typeHead}>Wire type</th>
          <th>Value</th>
          <th className="wide" style={{ width: 84 }}>
            Set by
          </th>
          <th className={styles.copy}>
            <span className="vh">Copy</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {message.headers.map((header, i) => (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: a name may come twice, the order is the message's own
            key={i}
            header={header}
            open={open === i}
            onToggle={() => setOpen(open === i ? null : i)}
          />
        ))}
      </tbody>
    </table>
  );
}

function Row({ header, open, onToggle }: { header: Header; open: boolean; onToggle: () => void }) {
  const text = valueText(header, full);
  const table = header.value !== null && typeof header.value === 'object';
  const whole = table ? JSON.stringify(header.value, null, 2).slice(0, 65_536) : text;
  const hidden = header.value === REDACTED;
  return (
    <tr className={cx(open && styles.open)}>
      <td className="mono t1" title={header.name}>
        {header.name === '' ? '(empty name)' : header.name}
      </td>
      <td>
        <span className={styles.tag} title={wireName(header.type)}>
          {header.type ?? '?'}
        </span>
        <span className="s t3 wide">{wireName(header.type)}</span>
      </td>
      <td className={cx('mono t1', styles.value)}>
        {hidden ? (
          <span className="t3" title="A rule of HOPLIGHT_REDACT replaced the value before it was stored">
            redacted before it was stored
          </span>
        ) : (
          <button
            type="button"
            aria-expanded={open}
            onClick={onToggle}
            title={open ? undefined : text.slice(0, 500)}
          >
            {open ? whole : text.slice(0, 500)}
          </button>
        )}
      </td>
      <td className="s t3 wide">{headerOrigin(header.name)}</td>
      <td className={styles.copy}>
        {hidden ? null : (
          <CopyButton
            text={typeof header.value === 'string' ? header.value : JSON.stringify(header.value)}
            what={`header ${header.name}`}
          />
        )}
      </td>
    </tr>
  );
}
