'use client';
import { useEffect, useRef } from 'react';
import { cx } from '@/app/_ui/cx';
import { clock, counted, duration } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import type { Hop } from '@/lib/model/journey';
import { gapWords } from './gap-words';
import styles from './hop-list.module.css';
import { type ClientNames, lineOf, shapeOf, titleOf } from './hop-words';
import { type ListItem, listItems } from './list-items';
import type { Folded } from './strip/fold';

/** The hops in words: on a phone in place of the strip, elsewhere for whoever would rather read. Time runs down. */
export function HopList({
  folded: { journey, folds },
  wide,
  names,
  selected,
  onSelect,
  onUnfold,
}: {
  folded: Folded;
  /** On wide screens too. */
  wide: boolean;
  names: ClientNames;
  selected: string | null;
  onSelect: (hop: Hop, compare: boolean) => void;
  onUnfold: () => void;
}) {
  const list = useRef<HTMLOListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another hop is selected
  useEffect(() => {
    const box = list.current;
    const one = box?.querySelector('[aria-pressed="true"]')?.parentElement;
    if (!box || !one || box.scrollHeight <= box.clientHeight) return;
    const above = one.offsetTop - box.offsetTop;
    if (above < box.scrollTop || above + one.offsetHeight > box.scrollTop + box.clientHeight)
      box.scrollTo({ top: above - box.clientHeight / 2, behavior: 'instant' });
    if (box.contains(document.activeElement)) one.querySelector('button')?.focus({ preventScroll: true });
  }, [selected, wide]);
  return (
    <ol
      ref={list}
      className={cx(wide ? styles.everywhere : 'phone', styles.list)}
      aria-label={`Hops of the journey: ${journey.hops.length}`}
    >
      {listItems(journey).map((item) =>
        item.kind === 'hop' ? (
          <HopItem
            key={item.key}
            item={item}
            hops={journey.hops}
            names={names}
            selected={item.hop.id === selected}
            onSelect={onSelect}
          />
        ) : (
          <Between key={item.key} item={item} />
        ),
      )}
      {folds.map((fold) => (
        <li key={fold.id} className={styles.hop}>
          <button type="button" onClick={onUnfold}>
            <Glyph hop="delivered" size={18} mode="hollow" />
            <span className={styles.words}>
              <span className="t1 cut">and {counted(fold.rows.length, 'more queue')}</span>
              <span className="s t3 wrap">{fold.words}</span>
            </span>
            <span className="s link nw">show each</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function HopItem({
  item: { hop, branch, time },
  hops,
  names,
  selected,
  onSelect,
}: {
  item: Extract<ListItem, { kind: 'hop' }>;
  hops: readonly Hop[];
  names: ClientNames;
  selected: boolean;
  onSelect: (hop: Hop, compare: boolean) => void;
}) {
  const { words, name } = titleOf(hop, names);
  return (
    <li className={cx(styles.hop, branch && styles.branch)}>
      <button
        type="button"
        aria-pressed={selected}
        className={cx(selected && styles.selected)}
        onClick={(event) => onSelect(hop, event.shiftKey)}
      >
        <Glyph hop={shapeOf(hop)} size={18} mode={hop.provenance === 'inferred' ? 'inferred' : 'solid'} />
        <span className={styles.words}>
          <span className="t1 cut">
            {words} {name ? <span className="mono">{name}</span> : null}
          </span>
          <span className="s t3 wrap">
            {lineOf(hop, hops)}
            {hop.provenance === 'inferred' ? ', inferred' : ''}
          </span>
          {hop.events.map((event) => (
            <span key={event.id} className="s returned ink wrap">
              {event.words}
            </span>
          ))}
        </span>
        <span className="s t3 nw">{time}</span>
      </button>
    </li>
  );
}

/** What stands between hops: the time, a long wait, a gap. */
function Between({ item }: { item: Exclude<ListItem, { kind: 'hop' }> }) {
  if (item.kind === 'time') return <li className={cx('s t3', styles.time)}>{clock(item.at, item.at)}</li>;
  if (item.kind === 'wait')
    return (
      <li className={cx('s', styles.fold)}>
        <span className={styles.bar} />
        Waited {duration(item.ms)}
      </li>
    );
  return (
    <li className={cx('s t1', styles.gap)}>
      <span className={styles.dashed} />
      {gapWords(item.gap)}
    </li>
  );
}
