'use client';
import { useState } from 'react';
import { cx } from '@/app/_ui/cx';
import { full } from '@/app/_ui/format';
import { headerOrigin } from '@/lib/journey/header-origin';
import type { Header, Message, Properties } from '@/lib/model/message';
import { timestamp, valueText, wireName } from './header-view';
import styles from './message.module.css';

const NAMES: [keyof Properties, string][] = [
  ['messageId', 'message-id'],
  ['correlationId', 'correlation-id'],
  ['contentType', 'content-type'],
  ['contentEncoding', 'content-encoding'],
  ['deliveryMode', 'delivery-mode'],
  ['priority', 'priority'],
  ['timestamp', 'timestamp'],
  ['expiration', 'expiration'],
  ['type', 'type'],
  ['appId', 'app-id'],
  ['userId', 'user-id'],
  ['replyTo', 'reply-to'],
  ['clusterId', 'cluster-id'],
];

/** The basic properties, those that are not set named too: what is missing is often the answer. */
export function PropertiesPane({ message }: { message: Message }) {
  const rows = NAMES.map(([key, name]) => ({ key, name, words: propertyWords(key, message.properties) }));
  const absent = rows.filter((row) => row.words === null).map((row) => row.name);
  return (
    <table className={styles.table}>
      <tbody>
        {rows.map(({ key, name, words }) =>
          words === null ? null : (
            <tr key={key}>
              <th scope="row" className="mono" style={{ width: 160 }}>
                {name}
              </th>
              <td className={cx('mono t1', styles.value)} title={words}>
                {words}
              </td>
            </tr>
          ),
        )}
        {absent.length > 0 ? (
          <tr>
            <th scope="row">not set</th>
            <td className="mono t3" style={{ whiteSpace: 'normal', paddingBlock: 6 }}>
              {absent.join(', ')}
            </td>
          </tr>
        ) : null}
      </tbody>
    </table>
  );
}

function propertyWords(key: keyof Properties, properties: Properties): string | null {
  const value = properties[key];
  if (value === undefined) return null;
  if (key === 'timestamp') return timestamp(value, full);
  if (key === 'expiration') return `${value} ms`;
  if (key === 'deliveryMode')
    return value === 2 ? '2, persistent' : value === 1 ? '1, transient' : String(value);
  return String(value);
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
        <button
          type="button"
          aria-expanded={open}
          onClick={onToggle}
          title={open ? undefined : text.slice(0, 500)}
        >
          {open ? whole : text.slice(0, 500)}
        </button>
      </td>
      <td className="s t3 wide">{headerOrigin(header.name)}</td>
    </tr>
  );
}
