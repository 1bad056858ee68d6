// biome-ignore-all lint/a11y/useSemanticElements: rows are placed one by one, which table elements do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus, aria-activedescendant names the row
'use client';
import { memo, type ReactNode, useMemo } from 'react';
import { cx } from './cx';
import { count } from './format';
import type { Column, Sort } from './VirtualTable';
import styles from './VirtualTable.module.css';

interface LineProps {
  id: string;
  /** `aria-rowindex`, the head being 1. */
  at: number;
  /** px in the list. */
  top: number;
  height: number;
  /** Its columns; left out where it is one piece. */
  template: string | undefined;
  selected: boolean;
  look: string | undefined;
  children: ReactNode;
}

/** One line in its place. Its properties are plain and its content is kept, so that a line that stays costs nothing. */
export const Line = memo(function Line({
  id,
  at,
  top,
  height,
  template,
  selected,
  look,
  children,
}: LineProps) {
  return (
    <div
      role="row"
      id={id}
      aria-rowindex={at}
      aria-selected={selected || undefined}
      className={look}
      style={template === undefined ? { top, height } : { top, height, gridTemplateColumns: template }}
    >
      {children}
    </div>
  );
});

/** What stands in a group's head: the same element for the same head, as for rows. */
export function useHead(columns: number) {
  return useMemo(() => {
    const made = new WeakMap<object, ReactNode>();
    return (item: { title: string; count: number }): ReactNode => {
      const known = made.get(item);
      if (known) return known;
      const node = (
        <div role="gridcell" aria-colspan={columns}>
          {item.title} <span className="t3">{count(item.count)}</span>
        </div>
      );
      made.set(item, node);
      return node;
    };
  }, [columns]);
}

/**
 * What stands in a row. The same element is given again for the same row, so that React leaves it alone while the
 * page scrolls; new columns or a new row make a new one.
 */
export function useContent<Row>(
  columns: readonly Column<Row>[],
  phone: ((row: Row) => ReactNode) | undefined,
) {
  return useMemo(() => {
    const made = new Map<string, { row: Row; node: ReactNode }>();
    return (key: string, row: Row): ReactNode => {
      const known = made.get(key);
      if (known?.row === row) return known.node;
      if (made.size > 400) made.clear();
      const node = phone ? <div role="gridcell">{phone(row)}</div> : <Cells columns={columns} row={row} />;
      made.set(key, { row, node });
      return node;
    };
  }, [columns, phone]);
}

export function ColumnHead<Row>({
  column,
  sort,
  onSort,
}: {
  column: Column<Row>;
  sort?: Sort | undefined;
  onSort?: ((sort: Sort) => void) | undefined;
}) {
  const sorted = sort?.by === column.id ? sort : null;
  return (
    <div
      role="columnheader"
      aria-sort={sorted ? (sorted.desc ? 'descending' : 'ascending') : undefined}
      className={cx(styles.cell, column.align === 'end' && styles.end)}
    >
      {column.sortable && onSort ? (
        <button
          type="button"
          className={cx(sorted && styles.sorted)}
          // figures are first wanted largest first, names from A
          onClick={() => onSort({ by: column.id, desc: sorted ? !sorted.desc : column.align === 'end' })}
        >
          {column.head}
          {sorted ? <span aria-hidden="true"> {sorted.desc ? '↓' : '↑'}</span> : null}
        </button>
      ) : (
        column.head
      )}
    </div>
  );
}

function Cells<Row>({ columns, row }: { columns: readonly Column<Row>[]; row: Row }) {
  const cells: ReactNode[] = [];
  for (let at = 0; at < columns.length; ) {
    const column = columns[at];
    if (!column) break;
    const covered = column.covers?.(row) ?? [];
    let span = 1;
    while (covered.includes(columns[at + span]?.id ?? '')) span++;
    cells.push(
      <div
        key={column.id}
        role="gridcell"
        aria-colspan={span > 1 ? span : undefined}
        className={cx(styles.cell, column.align === 'end' && span === 1 && styles.end)}
        style={span > 1 ? { gridColumn: `span ${span}` } : undefined}
      >
        {column.cell(row)}
      </div>,
    );
    at += span;
  }
  return <>{cells}</>;
}
