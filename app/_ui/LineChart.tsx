'use client';
import { useRef } from 'react';
import type { Hue, Shape } from './hop';
import styles from './LineChart.module.css';
import { later } from './later';
import type { Stretch } from './line-chart';
import { Skeleton } from './Skeleton';
import { useWidth } from './use-size';

export interface Series {
  key: string;
  /** Stands at the line's end; there is no legend. */
  label: string;
  hue: Hue;
  /** One for each of `times`; null is unknown and breaks the line. */
  values: readonly (number | null)[];
  dashed?: boolean;
  /** Tint the ground below the line. */
  area?: boolean;
}

export interface ChartMark {
  at: number;
  /** Stands above the line; empty where `words` are shown instead. */
  label: string;
  words?: string;
  shape?: Shape;
  /** It is the one that the reader looks at elsewhere. */
  lit?: boolean;
}

export interface LineChartProps {
  /** What the chart shows, for screen readers; the latest figures are added. */
  label: string;
  /** ms since 1970, rising. */
  times: readonly number[];
  series: readonly Series[];
  /** Stretches without figures and why; hatched. */
  gaps?: readonly Stretch[];
  /** Events: a dotted line with its words above it, or with a sign (`shape`) and its words shown where one points. */
  marks?: readonly ChartMark[];
  /** The time that the axis shows, ms since 1970; absent: that of the points. */
  span?: { from: number; to: number } | undefined;
  /** A stretch was chosen by dragging over the chart. */
  onSelect?: ((from: number, to: number) => void) | undefined;
  /** Double click: the way out of a stretch that was chosen. */
  onBack?: (() => void) | undefined;
  height?: number;
  /** After each figure in the tooltip, e.g. "/s". */
  unit?: string;
  /** A figure in words, in place of its short form and `unit`, e.g. a duration. */
  format?: (value: number) => string;
}

const Inner = later(
  () => import('./LineChartInner').then((m) => m.default),
  ({ height }) => <Skeleton height={height} />,
);

/** Lines over time in hop hues, from zero. The drawing library is loaded when the first chart is shown. */
export function LineChart({ height = 148, ...props }: LineChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const latest = props.series
    .map(({ label, values }) => {
      const last = values.findLast((v) => v !== null);
      return `${label} ${last == null ? 'unknown' : (props.format?.(last) ?? `${last}${props.unit ?? ''}`)}`;
    })
    .join(', ');
  return (
    <div
      ref={box}
      role="img"
      aria-label={`${props.label}. Latest: ${latest}`}
      className={`chart ${styles.chart}`}
      style={{ height }}
    >
      {width ? <Inner {...props} width={width} height={height} /> : null}
    </div>
  );
}
