import { cx } from './cx';
import type { Hue } from './hop';
import styles from './Spark.module.css';
import { barHeights, hatchPath, sparkShape } from './spark';

export interface SparkProps {
  /** Oldest first; null is a gap, drawn as hatch. */
  values: readonly (number | null)[];
  hue?: Hue;
  width?: number;
  height?: number;
  /** Top of the scale, to share one among several; the largest value when left out. */
  max?: number;
  /** Stretch to the width of its place. */
  fluid?: boolean;
  /** Spoken; left out where figures beside it say the same. */
  label?: string;
}

/** A small line from zero: how it went of late, not how much. */
export function Spark({ values, hue = 'waiting', width = 64, height = 18, max, fluid, label }: SparkProps) {
  const shape = sparkShape(values, width, height, max);
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it has one when it is not hidden
    <svg
      className={cx('spark', styles.spark, hue)}
      width={fluid ? '100%' : width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio={fluid ? 'none' : undefined}
      role={label ? 'img' : undefined}
      aria-hidden={label ? undefined : true}
    >
      {label ? <title>{label}</title> : null}
      {shape.areas.map((d) => (
        <path key={d} d={d} className={styles.area} />
      ))}
      {shape.lines.map((d) => (
        <path key={d} d={d} className={styles.line} />
      ))}
      {shape.hatch ? <path d={shape.hatch} className={styles.hatch} /> : null}
    </svg>
  );
}

/** Counts over time as small bars, e.g. deaths by minute. */
export function Bars({
  values,
  hue = 'dead',
  width = 56,
  height = 16,
  label,
}: {
  values: readonly (number | null)[];
  hue?: Hue;
  width?: number;
  height?: number;
  label?: string;
}) {
  const pitch = width / Math.max(1, values.length);
  const wide = Math.max(1, pitch - 1.5);
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it has one when it is not hidden
    <svg
      className={cx('spark', styles.spark, hue)}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role={label ? 'img' : undefined}
      aria-hidden={label ? undefined : true}
    >
      {label ? <title>{label}</title> : null}
      {barHeights(values, height).map((high, i) => {
        const x = +(i * pitch).toFixed(1);
        return high === null ? (
          <path key={x} d={hatchPath(x, x + wide, height)} className={styles.hatch} />
        ) : (
          <rect key={x} x={x} y={height - high} width={wide} height={high} fill="var(--c)" />
        );
      })}
    </svg>
  );
}
