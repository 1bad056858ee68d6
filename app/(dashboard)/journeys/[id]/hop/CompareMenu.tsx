'use client';
import { useMemo } from 'react';
import { cx } from '@/app/_ui/cx';
import { clockMs } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Menu } from '@/app/_ui/Menu';
import type { Hop, Journey } from '@/lib/model/journey';
import { partnersOf } from '../compare/partners';
import { type ClientNames, shapeOf, titleOf } from '../hop-words';
import styles from '../journey.module.css';

/** Hops in the menu; others are reached on the strip with Shift and a click. */
const MOST = 12;

/** The hops that this one can be compared with, the likeliest first. */
export function CompareMenu({
  journey,
  hop,
  names,
  onCompare,
}: {
  journey: Journey;
  hop: Hop;
  names: ClientNames;
  onCompare: (other: Hop) => void;
}) {
  const partners = useMemo(() => partnersOf(hop, journey), [hop, journey]);
  return (
    <Menu
      label="Compare this hop with"
      align="start"
      width={340}
      button={{
        small: true,
        children: 'Compare with…',
        reason: partners.length === 0 ? 'no other hop of this journey carries a message' : undefined,
      }}
    >
      {(close) => (
        <>
          <ul className={styles.menu}>
            {partners.slice(0, MOST).map((other) => {
              const { words, name } = titleOf(other, names);
              return (
                <li key={other.id}>
                  <button
                    type="button"
                    onClick={() => {
                      close();
                      onCompare(other);
                    }}
                  >
                    <Glyph
                      hop={shapeOf(other)}
                      mode={other.provenance === 'inferred' ? 'inferred' : 'solid'}
                    />
                    <span className="grow cut">
                      {words} {name ? <span className="mono">{name}</span> : null}
                    </span>
                    <span className="s t3 nw">{other.at === null ? '' : clockMs(other.at)}</span>
                  </button>
                </li>
              );
            })}
          </ul>
          <p className={cx('s t3', styles.menuNote)}>
            Any other: <kbd>Shift</kbd> and a click on the strip, or <kbd>X</kbd> and walk.
          </p>
        </>
      )}
    </Menu>
  );
}
