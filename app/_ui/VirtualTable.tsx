// biome-ignore-all lint/a11y/useSemanticElements: rows are placed one by one, which table elements do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus, aria-activedescendant names the row
'use client';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { cx } from './cx';
import { ColumnHead, Line, useContent, useHead } from './TableLine';
import { edgesOf, flatten, type Group, holdStill, type Item, nextRow } from './table-items';
import { reveal, useInSight } from './use-in-sight';
import { useRowOver } from './use-row-over';
import { usePhone, useWidth } from './use-size';
import styles from './VirtualTable.module.css';

export interface Column<Row> {
  id: string;
  head: ReactNode;
  /** px; left out, the column shares what is left, in proportion to `grow` (1). */
  width?: number;
  grow?: number;
  align?: 'end';
  sortable?: boolean;
  /** Not shown while the table is narrower than this, px. */
  hideBelow?: number;
  /** The columns right after it that this row's cell covers too, e.g. a reason over two, a hatch over four. */
  covers?: (row: Row) => readonly string[];
  cell: (row: Row) => ReactNode;
}

export interface Sort {
  by: string;
  desc: boolean;
}

export interface VirtualTableProps<Row> {
  /** What the table lists, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  /** One list, or groups with a head each. */
  rows: readonly Row[] | { groups: readonly Group<Row>[] };
  keyOf: (row: Row) => string;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  /** Enter on the active row, or a click beside its links. */
  onOpen?: (row: Row) => void;
  /** Space on the active row; `range`: Shift was held. */
  onMark?: (row: Row, range: boolean) => void;
  /** Key of the row that the page shows elsewhere: tinted. */
  selected?: string | null;
  /** A row on a phone, in place of columns; `phoneHeight` px high. */
  phone?: (row: Row) => ReactNode;
  phoneHeight?: number;
  /**
   * Hold still under the pointer. The text identifies the view (filter, sort): when it changes, the list starts anew.
   * Left out, the list is always the latest.
   */
  hold?: string;
  /** How many rows wait outside while the list is held; null when it is not held. */
  onHeld?: (fresh: number | null) => void;
  /** Grey everything: the figures are not fresh. */
  stale?: boolean;
}

const ROW = 32;
const GROUP = 28;

/**
 * A long table that the page itself scrolls: sticky head, only visible rows in the document, smooth with 10,000.
 * Up, Down, PageUp, PageDown, Home and End move the active row, Enter opens it, Space marks it.
 */
export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const {
    label,
    keyOf,
    sort,
    onSort,
    onOpen,
    onMark,
    selected,
    phoneHeight = 44,
    hold,
    onHeld,
    stale,
  } = props;
  const id = useId();
  const grid = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const width = useWidth(grid);
  const phone = usePhone() ? props.phone : undefined;
  const { columns: all, rows } = props;
  const columns = useMemo(
    () => (phone ? [] : all.filter((c) => (width ?? 1280) >= (c.hideBelow ?? 0))),
    [all, phone, width],
  );
  const template = columns.map((c) => (c.width ? `${c.width}px` : `minmax(0, ${c.grow ?? 1}fr)`)).join(' ');

  const latest = useMemo(
    () => flatten('groups' in rows ? rows.groups : [{ title: '', rows }], keyOf),
    [rows, keyOf],
  );
  const [frozen, setFrozen] = useState<{ view: string; items: Item<Row>[] } | null>(null);
  if (frozen && hold !== undefined && frozen.view !== hold) setFrozen({ view: hold, items: latest });
  const held = useMemo(
    () => (frozen && frozen.view === hold ? holdStill(frozen.items, latest) : null),
    [frozen, hold, latest],
  );
  const items = held?.items ?? latest;
  const waiting = held ? held.fresh : null;
  useEffect(() => onHeld?.(waiting), [onHeld, waiting]);

  // walks over all items when they change: must not be made anew with every scrolled frame
  const edges = useMemo(
    () => edgesOf(items, (item) => (item.kind === 'group' ? GROUP : phone ? phoneHeight : ROW)),
    [items, phone, phoneHeight],
  );
  const shown = useInSight(body, edges);
  useRowOver(body);

  const [activeKey, setActiveKey] = useState<string | null>(null);
  const active = useMemo(
    () =>
      activeKey === null ? -1 : items.findIndex((item) => item.key === activeKey && item.kind === 'row'),
    [items, activeKey],
  );
  const content = useContent(columns, phone);
  const head = useHead(columns.length || 1);
  const keys = (event: KeyboardEvent) => {
    if (event.target !== grid.current) return;
    const item = items[active];
    if (event.key === 'Enter' && item?.kind === 'row') return onOpen?.(item.row);
    if (event.key === ' ' && onMark && item?.kind === 'row') {
      event.preventDefault();
      return onMark(item.row, event.shiftKey);
    }
    const page = Math.max(1, Math.floor(innerHeight / ROW) - 4);
    const by = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -items.length,
      End: items.length,
    }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const to = nextRow(items, active, by);
    setActiveKey(items[to]?.key ?? null);
    if (to >= 0 && body.current) reveal(body.current, edges, to);
  };
  // once for all rows: a row that stays is not touched while others come and go
  const click = (event: MouseEvent) => {
    if (!(event.target instanceof Element)) return;
    const at = event.target.closest('[role=row]')?.getAttribute('aria-rowindex');
    const item = items[Number(at) - 2];
    if (item?.kind !== 'row') return;
    setActiveKey(item.key);
    const onControl = event.target.closest('a, button, input, label');
    if (!onControl && !getSelection()?.toString()) onOpen?.(item.row);
  };

  return (
    <div
      ref={grid}
      role="grid"
      aria-label={label}
      aria-rowcount={items.length + 1}
      aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
      tabIndex={0}
      className={cx(styles.table, stale && 'stale')}
      onKeyDown={keys}
    >
      <div role="rowgroup" className={cx(styles.head, phone && 'vh')}>
        <div
          role="row"
          aria-rowindex={1}
          className={styles.columns}
          style={{ gridTemplateColumns: template }}
        >
          {columns.map((column) => (
            <ColumnHead key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
          {phone ? <span role="columnheader">{label}</span> : null}
        </div>
      </div>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself takes the keys */}
      <div
        ref={body}
        role="rowgroup"
        className={styles.body}
        style={{ height: edges[items.length] }}
        onPointerEnter={(event) => {
          if (hold !== undefined && event.pointerType === 'mouse') setFrozen({ view: hold, items: latest });
        }}
        onPointerLeave={() => setFrozen(null)}
        onClick={click}
      >
        {items.slice(shown.first, shown.end).map((item, i) => {
          const index = shown.first + i;
          const [from = 0, to = 0] = edges.slice(index, index + 2);
          const isGroup = item.kind === 'group';
          const isSelected = !isGroup && item.key === selected;
          return (
            <Line
              key={item.key}
              id={`${id}-${index}`}
              at={index + 2}
              top={from}
              height={to - from}
              template={isGroup || phone ? undefined : template}
              selected={isSelected}
              look={
                isGroup
                  ? cx(styles.row, styles.group)
                  : cx(
                      styles.row,
                      phone ? styles.phone : styles.columns,
                      index === active && styles.active,
                      isSelected && styles.selected,
                      onOpen && styles.opens,
                    )
              }
            >
              {isGroup ? head(item) : content(item.key, item.row)}
            </Line>
          );
        })}
      </div>
    </div>
  );
}
