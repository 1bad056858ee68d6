import type { ReactNode } from 'react';
import { cx } from './cx';
import { type Hue, hueOf, type Shape } from './hop';

/** Drawn on a 20 × 20 grid. Shape says what happened even where colour cannot be seen. */
const DRAWN: Record<Shape, ReactNode> = {
  published: (
    <>
      <circle className="sh" cx="10" cy="10" r="8.5" />
      <circle className="icf" cx="10" cy="10" r="3" />
    </>
  ),
  exchange: (
    <>
      <path className="sh" strokeLinejoin="round" d="M10 1.2 18.8 10 10 18.8 1.2 10Z" />
      <path className="ic" d="M6.5 10h4.2m0 0 2.6-2.6M10.7 10l2.6 2.6" />
    </>
  ),
  waiting: (
    <>
      <rect className="sh" x="1.5" y="5" width="17" height="10" rx="5" />
      <path className="ic" d="M6.5 10h.01M10 10h.01M13.5 10h.01" />
    </>
  ),
  delivered: (
    <>
      <circle className="sh" cx="10" cy="10" r="8.5" />
      <path className="ic" d="M6 10h7.5M10.3 6.8 13.5 10l-3.2 3.2" />
    </>
  ),
  settled: (
    <>
      <circle className="sh" cx="10" cy="10" r="8.5" />
      <path className="ic" d="m6.3 10.3 2.5 2.5 5-5.4" />
    </>
  ),
  returned: (
    <>
      <path className="sh" strokeLinejoin="round" d="M1.5 10 6.5 2.8H18.2V17.2H6.5Z" />
      <path className="ic" d="M8.8 6.3 6.8 8.4 8.8 10.5M7 8.4h4.8a2.6 2.6 0 0 1 0 5.2H9" />
    </>
  ),
  warn: (
    <>
      <path className="sh" strokeLinejoin="round" d="M10 2 18.5 17.5h-17Z" />
      <path className="ic" d="M10 8v4M10 14.8v.01" />
    </>
  ),
  dead: (
    <>
      <rect className="sh" x="1.8" y="1.8" width="16.4" height="16.4" rx="4" />
      <path className="ic" d="m7 7 6 6m0-6-6 6" />
    </>
  ),
  replayed: (
    <>
      <path className="sh" strokeLinejoin="round" d="M10 .8 19.2 10 10 19.2.8 10Z" />
      <path className="ic" d="M12.9 8.2A3.3 3.3 0 1 0 13.3 11M13.2 6.3v2.2h-2.2" />
    </>
  ),
  requeued: (
    <>
      <circle className="sh" cx="10" cy="10" r="8.5" />
      <path className="ic" d="M7 8.2A3.7 3.7 0 1 1 6.5 11.2M6.8 6v2.5h2.5" />
    </>
  ),
  unknown: (
    <>
      <rect className="sh" x="1.8" y="1.8" width="16.4" height="16.4" rx="4" />
      <path className="ic" d="M8 8a2 2 0 1 1 2.7 1.9c-.5.2-.7.6-.7 1.2M10 13.8v.01" />
    </>
  ),
};

export type GlyphMode = 'solid' | 'inferred' | 'hollow';

export interface GlyphProps {
  hop: Shape;
  /** solid: observed; inferred: dashed outline on panel ground; hollow: a passive part (an exchange, a note). */
  mode?: GlyphMode;
  /** Edge in px: 16 in text, 20 on the strip, 14 in a badge. */
  size?: number;
  /** Place inside another `<svg>`: the top left corner. */
  x?: number;
  y?: number;
  /** Overrides the hue, e.g. `unknown` for a stale mark. */
  hue?: Hue;
  /** Spoken name. Left out, the glyph is decoration beside a word that says the same. */
  label?: string;
  className?: string;
}

/** The sign of one kind of hop. Works in HTML and, with x and y, nested in an SVG drawing. */
export function Glyph({ hop, mode, size = 16, x, y, hue, label, className }: GlyphProps) {
  const drawn = mode ?? (hop === 'exchange' ? 'hollow' : 'solid');
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it has one when it is not hidden
    <svg
      className={cx('g', hue ?? hueOf(hop), drawn !== 'solid' && drawn, className)}
      viewBox="0 0 20 20"
      width={size}
      height={size}
      x={x}
      y={y}
      role={label ? 'img' : undefined}
      aria-hidden={label ? undefined : true}
    >
      {label ? <title>{label}</title> : null}
      {DRAWN[hop]}
    </svg>
  );
}
