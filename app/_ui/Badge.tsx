import type { ReactNode } from 'react';
import styles from './Badge.module.css';
import { cx } from './cx';
import { Glyph, type GlyphMode } from './Glyph';
import { hueOf, type Shape } from './hop';

/** A state in a word, with its glyph, on the hue's tint. `inferred` draws it dashed. */
export function Badge({
  hop,
  mode = 'solid',
  title,
  children,
}: {
  hop: Shape;
  mode?: GlyphMode;
  /** Shown on hover: how it is known. */
  title?: string;
  children: ReactNode;
}) {
  const inferred = mode === 'inferred';
  return (
    <span className={cx('bd', styles.bd, hueOf(hop), inferred && `inferred ${styles.dashed}`)} title={title}>
      <Glyph hop={hop} mode={mode} size={14} />
      {children}
    </span>
  );
}
