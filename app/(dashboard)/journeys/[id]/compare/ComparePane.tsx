'use client';
import { useMemo } from 'react';
import { Button } from '@/app/_ui/Button';
import { cx } from '@/app/_ui/cx';
import { counted, full } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import type { Hop, Journey } from '@/lib/model/journey';
import { type ClientNames, shapeOf, titleOf } from '../hop-words';
import { type Cell, compare, groups, type Row } from './compare';
import styles from './compare.module.css';
import { messageOf } from './partners';

/** Rows of one group that are shown; a body of a thousand values is for the download. */
const MOST = 200;

/** Two hops side by side: what differs first, what is the same folded away. */
export function ComparePane({
  journey,
  hop,
  other,
  names,
  onSwap,
  onClose,
}: {
  journey: Journey;
  /** The selected one, at the right. */
  hop: Hop;
  other: Hop;
  names: ClientNames;
  onSwap: () => void;
  onClose: () => void;
}) {
  const rows = useMemo(() => {
    const side = (h: Hop) => ({ hop: h, message: messageOf(h, journey) });
    return compare(side(other), side(hop), journey.hops, names, full);
  }, [journey, hop, other, names]);
  const differ = rows.filter((r) => r.is !== 'same');
  const same = rows.filter((r) => r.is === 'same');
  const message = rows.filter((r) => r.group !== 'Way' && r.is === 'different').length;
  const alike = hop.kind === other.kind;
  const untold = !messageOf(hop, journey) || !messageOf(other, journey);
  return (
    <Panel label="Comparison" className={styles.compare}>
      <div className={styles.head}>
        <h2 className="grow">
          {untold
            ? 'Of one of them no message was kept: only the way is compared'
            : message === 0
              ? 'The message is the same; only its way differs'
              : `The message differs in ${counted(message, 'place')}`}
        </h2>
        <Button small look="quiet" onClick={onSwap}>
          Swap
        </Button>
        <Button small look="quiet" icon="close" onClick={onClose}>
          End comparison
        </Button>
      </div>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th className={styles.name}>
                <span className="vh">What</span>
              </th>
              {[other, hop].map((h) => (
                <Head key={h.id} hop={h} journey={journey} names={names} />
              ))}
            </tr>
          </thead>
          {groups.map((group) => (
            <Group key={group} name={group} rows={differ.filter((r) => r.group === group)} alike={alike} />
          ))}
        </table>
        {same.length > 0 ? (
          <details className={styles.same}>
            <summary>The same in both: {sameWords(same)}</summary>
            <table className={styles.table}>
              <thead className="vh">
                <tr>
                  <th>What</th>
                  <th colSpan={2}>In both</th>
                </tr>
              </thead>
              {groups.map((group) => (
                <Group key={group} name={group} rows={same.filter((r) => r.group === group)} once />
              ))}
            </table>
          </details>
        ) : null}
      </div>
    </Panel>
  );
}

function sameWords(rows: readonly Row[]): string {
  return groups
    .map((group) => [group.toLowerCase(), rows.filter((r) => r.group === group).length] as const)
    .filter(([, many]) => many > 0)
    .map(([group, many]) => `${group} ${many}`)
    .join(', ');
}

function Head({ hop, journey, names }: { hop: Hop; journey: Journey; names: ClientNames }) {
  const { words, name } = titleOf(hop, names);
  return (
    <th>
      <span className="row">
        <Glyph hop={shapeOf(hop)} mode={hop.provenance === 'inferred' ? 'inferred' : 'solid'} />
        <span className="t1 wrap">
          {words} {name ? <span className="mono">{name}</span> : null}{' '}
          <span className="s t3">hop {journey.hops.indexOf(hop) + 1}</span>
        </span>
      </span>
    </th>
  );
}

function Group({
  name,
  rows,
  once,
  alike = true,
}: {
  name: string;
  rows: readonly Row[];
  /** One cell tells both. */
  once?: boolean;
  /** Two of one kind: what is missing is not known, where otherwise it cannot be. */
  alike?: boolean;
}) {
  const none = name !== 'Way' ? 'not there' : alike ? 'not known' : '–';
  if (rows.length === 0) return null;
  return (
    <tbody>
      <tr className={styles.group}>
        <th colSpan={3} scope="rowgroup">
          {name}
        </th>
      </tr>
      {rows.slice(0, MOST).map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names may come twice, the order is the message's own
        <tr key={i}>
          <th scope="row" className={name === 'Way' ? undefined : 'mono'} title={row.name}>
            {row.name}
          </th>
          <Side cell={row.a} row={row} side="a" wide={once} none={none} />
          {once ? null : <Side cell={row.b} row={row} side="b" none={none} />}
        </tr>
      ))}
      {rows.length > MOST ? (
        <tr>
          <td colSpan={3} className="t3">
            and {rows.length - MOST} more
          </td>
        </tr>
      ) : null}
    </tbody>
  );
}

function Side({
  cell,
  row,
  side,
  wide,
  none,
}: {
  cell: Cell;
  row: Row;
  side: 'a' | 'b';
  wide?: boolean;
  none: string;
}) {
  const typed = row.a.type !== row.b.type;
  return (
    <td
      colSpan={wide ? 2 : undefined}
      className={cx(row.is === 'different' && row.group !== 'Way' && styles.differs)}
    >
      {cell.text === null ? (
        <span className="t3">{none}</span>
      ) : (
        <span className="mono t1 wrap">{cell.text.slice(0, 2_000)}</span>
      )}
      {cell.type && (typed || wide) ? <span className="s t3"> {cell.type}</span> : null}
      {row.is === 'hidden' && side === 'b' ? (
        <span className="s t3"> redacted before it was stored: whether they differ is not known</span>
      ) : null}
    </td>
  );
}
