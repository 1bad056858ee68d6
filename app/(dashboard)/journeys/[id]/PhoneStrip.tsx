'use client';
import { cx } from '@/app/_ui/cx';
import { clock, duration } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import type { Hop, Journey } from '@/lib/model/journey';
import { gapWords } from './gap-words';
import { type ClientNames, lineOf, shapeOf, titleOf } from './hop-words';
import { phoneItems } from './phone-items';
import styles from './phone-strip.module.css';

/** The strip on a phone: time runs down, waits that are long are folded, gaps stand between the hops. */
export function PhoneStrip({
  journey,
  names,
  selected,
  onSelect,
}: {
  journey: Journey;
  names: ClientNames;
  selected: string | null;
  onSelect: (hop: Hop) => void;
}) {
  return (
    <ol className={cx('phone', styles.list)} aria-label={`Hops of the journey: ${journey.hops.length}`}>
      {phoneItems(journey).map((item) => {
        if (item.kind === 'time')
          return (
            <li key={item.key} className={cx('s t3', styles.time)}>
              {clock(item.at, item.at)}
            </li>
          );
        if (item.kind === 'wait')
          return (
            <li key={item.key} className={cx('s', styles.fold)}>
              <span className={styles.bar} />
              Waited {duration(item.ms)}
            </li>
          );
        if (item.kind === 'gap')
          return (
            <li key={item.key} className={cx('s t1', styles.gap)}>
              <span className={styles.dashed} />
              {gapWords(item.gap)}
            </li>
          );
        const { hop, branch, time } = item;
        const { words, name } = titleOf(hop, names);
        return (
          <li key={item.key} className={cx(styles.hop, branch && styles.branch)}>
            <button
              type="button"
              aria-pressed={hop.id === selected}
              className={cx(hop.id === selected && styles.selected)}
              onClick={() => onSelect(hop)}
            >
              <Glyph
                hop={shapeOf(hop)}
                size={18}
                mode={hop.provenance === 'inferred' ? 'inferred' : 'solid'}
              />
              <span className={styles.words}>
                <span className="t1 cut">
                  {words} {name ? <span className="mono">{name}</span> : null}
                </span>
                <span className="s t3 wrap">{lineOf(hop, journey.hops)}</span>
              </span>
              <span className="s t3 nw">{time}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
