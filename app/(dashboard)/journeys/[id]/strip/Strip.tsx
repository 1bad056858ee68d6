'use client';
import { useEffect, useId, useMemo, useRef } from 'react';
import { cx } from '@/app/_ui/cx';
import { useWidth } from '@/app/_ui/use-size';
import type { Hop } from '@/lib/model/journey';
import type { ClientNames } from '../hop-words';
import { Axis } from './Axis';
import { Drawing } from './Drawing';
import type { Folded } from './fold';
import { LaneNames, type RowNotes } from './Lanes';
import { AXIS, LABELS, TAP } from './measures';
import styles from './strip.module.css';
import { stripLayout } from './strip-layout';
import { useSight } from './use-sight';

/**
 * The way of the message over time: lanes are exchanges and queues, the last lane is what the tap could see. A strip that is
 * larger than its frame scrolls in it, under its axis and beside its names.
 */
export function Strip({
  folded,
  names,
  notes,
  selected,
  other,
  onSelect,
  onUnfold,
}: {
  folded: Folded;
  names: ClientNames;
  notes: RowNotes;
  selected: string | null;
  /** The hop that the selected one is compared with. */
  other: string | null;
  onSelect: (hop: Hop, compare: boolean) => void;
  onUnfold: () => void;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const id = useId();
  const { journey, folds } = folded;
  const layout = useMemo(
    () => (width === null ? null : stripLayout(journey, width, folds)),
    [journey, folds, width],
  );
  const sight = useSight(frame, layout !== null && layout.nodes.length > 150);
  const chosen = layout?.nodes.find((n) => n.hop.id === selected) ?? null;
  const { x, y } = chosen ?? { x: null, y: null };
  useEffect(() => {
    const box = frame.current;
    if (box && x !== null && y !== null) bringIntoSight(box, x, y);
  }, [x, y]);
  return (
    <div ref={frame} className={cx('wide', styles.frame)}>
      {layout === null ? (
        <div style={{ height: AXIS + 66 * journey.rows.length + TAP }} />
      ) : (
        <div className={styles.sheet} style={{ width: layout.width }}>
          <div className={styles.corner} />
          <Axis layout={layout} chosen={chosen} />
          <LaneNames layout={layout} folds={folds} notes={notes} onUnfold={onUnfold} />
          <Drawing
            id={id}
            journey={journey}
            layout={layout}
            names={names}
            sight={sight}
            selected={selected}
            other={other}
            onSelect={onSelect}
            onUnfold={onUnfold}
          />
        </div>
      )}
    </div>
  );
}

/** Scrolls the frame, never the page, just so far that the place stands clear of the names and the axis. */
function bringIntoSight(box: HTMLElement, x: number, y: number): void {
  const { scrollLeft, scrollTop, clientWidth, clientHeight } = box;
  const left =
    x < scrollLeft + LABELS + 40 || x > scrollLeft + clientWidth - 60 ? x - clientWidth / 2 : scrollLeft;
  const top =
    y < scrollTop + AXIS + 20 || y > scrollTop + clientHeight - 60 ? y - clientHeight / 2 : scrollTop;
  if (left !== scrollLeft || top !== scrollTop) box.scrollTo({ left, top, behavior: 'instant' });
}
