'use client';
import { useRef } from 'react';
import type { Hue } from './hop';
import styles from './LineChart.module.css';
import { later } from './later';
import type { Stretch } from './line-chart';
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

export interface LineChartProps {
  /** What the chart shows, for screen readers; the latest figures are added. */
  label: string;
  /** ms since 1970, rising. */
  times: readonly number[];
  series: readonly Series[];
  /** Stretches without figures and why; hatched. */
  gaps?: readonly Stretch[];
  /** Events: a dotted line with its words. */
  marks?: readonly { at: number; label: string }[];
  height?: number;
  /** After each figure in the tooltip, e.g. "/s". */
  unit?: string;
  /** A figure in words, in place of its short form and `unit`, e.g. a duration. */
  format?: (value: number) => string;
}

const Inner = later(() => import('./LineChartInner').then((m) => m.default));

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
