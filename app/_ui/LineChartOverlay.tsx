'use client';
import { type PointerEvent, useState } from 'react';
import { usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import { Glyph } from './Glyph';
import { hueOf } from './hop';
import type { ChartMark } from './LineChart';
import styles from './LineChart.module.css';
import type { Inner } from './LineChartInner';
import { type Stretch, spread, timeTicks } from './line-chart';
import { hatchPath } from './spark';

/** Shorter drags are clicks that slipped. */
const LEAST_DRAG = 8;

/** What recharts does not draw as we want it: hatched gaps, marks, times under the axis, names at the lines' ends. */
export function Overlay({ times, series, gaps = [], marks = [], span, onSelect, onBack }: Inner) {
  const plot = usePlotArea();
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  const first = span?.from ?? times[0];
  const last = span?.to ?? times.at(-1);
  if (!plot || !xScale || !yScale || first === undefined || last === undefined) return null;
  const x = (at: number) => Number(xScale(Math.min(last, Math.max(first, at))) ?? 0);
  const bottom = plot.y + plot.height;
  const right = plot.x + plot.width;
  const ends = series.map((s) => Number(yScale(s.values.findLast((v) => v !== null) ?? 0) ?? bottom));
  const labels = spread(ends, 15, plot.y + 2, bottom);
  const shown = marks.filter((m) => m.at >= first && m.at <= last);
  return (
    <g className={styles.overlay}>
      {gapsAt(gaps, x, plot).map(({ from, to, place, gap }) => (
        <g key={gap.from}>
          <path
            d={hatchPath(from, to, plot.height, 8.5)}
            transform={`translate(0 ${plot.y})`}
            className={styles.hatch}
          />
          {place ? (
            <text x={place.x} y={plot.y + 10} textAnchor={place.anchor}>
              {gap.reason}
            </text>
          ) : null}
        </g>
      ))}
      {shown.map((mark) => (
        <MarkLine
          key={`${mark.at} ${mark.label}`}
          mark={mark}
          x={x(mark.at)}
          top={plot.y}
          bottom={bottom}
          leftward={x(mark.at) > plot.x + plot.width * 0.6}
        />
      ))}
      {timeTicks(first, last, Math.max(2, Math.floor(plot.width / 72))).map(({ at, label }) => (
        <g key={at}>
          <path d={`M${x(at)} ${bottom}v4`} stroke="var(--axis-grid)" />
          <text x={x(at)} y={bottom + 16} textAnchor="middle">
            {label}
          </text>
        </g>
      ))}
      {series.map((s, i) => (
        <g key={s.key} className={s.hue}>
          <path
            d={`M${right + 6} ${labels[i] ?? 0}h10`}
            stroke="var(--c)"
            strokeWidth={2}
            strokeDasharray={s.dashed ? '3 2' : undefined}
          />
          <text x={right + 20} y={(labels[i] ?? 0) + 4} className={styles.name}>
            {s.label}
          </text>
        </g>
      ))}
      {onSelect ? <Chooser plot={plot} from={first} to={last} onSelect={onSelect} onBack={onBack} /> : null}
    </g>
  );
}

/** Of a letter of the words on a gap. */
const LETTER = 6.2;

interface GapPlace {
  from: number;
  to: number;
  /** Null: its words would lie over those of another; where one points they are told all the same. */
  place: { x: number; anchor: 'start' | 'middle' | 'end' } | null;
  gap: Stretch;
}

/** The widest gaps have their words first. */
function gapsAt(gaps: readonly Stretch[], x: (at: number) => number, plot: Plot): GapPlace[] {
  const taken: { left: number; right: number }[] = [];
  return gaps
    .map(
      (gap): GapPlace => ({ gap, from: x(gap.from), to: Math.max(x(gap.from) + 6, x(gap.to)), place: null }),
    )
    .filter((one) => one.gap.to > one.gap.from)
    .sort((a, b) => b.to - b.from - (a.to - a.from))
    .map((one) => {
      const isLeft = one.to > plot.x + plot.width * 0.6;
      const wide = one.gap.reason.length * LETTER;
      // where there is room they stand within
      if (one.to - one.from > wide + 16)
        return { ...one, place: { x: (one.from + one.to) / 2, anchor: 'middle' } };
      const at = isLeft ? one.from - 6 : one.to + 6;
      const box = { left: isLeft ? at - wide : at, right: isLeft ? at : at + wide };
      const fits = box.left >= plot.x && box.right <= plot.x + plot.width + 8;
      if (!fits || taken.some((t) => box.left < t.right + 8 && t.left < box.right + 8)) return one;
      taken.push(box);
      return { ...one, place: { x: at, anchor: isLeft ? 'end' : 'start' } };
    });
}

interface Plot {
  x: number;
  y: number;
  width: number;
  height: number;
}

function MarkLine({
  mark,
  x,
  top,
  bottom,
  leftward,
}: {
  mark: ChartMark;
  x: number;
  top: number;
  bottom: number;
  leftward: boolean;
}) {
  const { shape, label, lit } = mark;
  return (
    <g className={shape ? hueOf(shape) : undefined}>
      <path
        d={`M${x} ${top - (label ? 18 : 4)}V${bottom}`}
        stroke={shape ? 'var(--c)' : 'var(--text-3)'}
        strokeWidth={lit ? 2.5 : 1}
        strokeDasharray={lit ? undefined : '2 2'}
      />
      {shape ? (
        <Glyph hop={shape} size={lit ? 18 : 14} x={x - (lit ? 9 : 7)} y={top - (lit ? 22 : 19)} />
      ) : (
        <text x={x + (leftward ? -6 : 6)} y={top - 8} textAnchor={leftward ? 'end' : 'start'}>
          {label}
        </text>
      )}
    </g>
  );
}

/** Lies over the lines and takes a drag, by mouse, pen or finger; a finger that moves up or down scrolls the page. */
function Chooser({
  plot,
  from,
  to,
  onSelect,
  onBack,
}: {
  plot: Plot;
  from: number;
  to: number;
  onSelect: (from: number, to: number) => void;
  onBack: (() => void) | undefined;
}) {
  const [drag, setDrag] = useState<{ start: number; end: number } | null>(null);
  const placeOf = (event: PointerEvent<SVGRectElement>) => {
    const left = event.currentTarget.getBoundingClientRect().left;
    return Math.min(plot.width, Math.max(0, event.clientX - left));
  };
  const timeAt = (place: number) => Math.round(from + (place / plot.width) * (to - from));
  const left = drag ? Math.min(drag.start, drag.end) : 0;
  const wide = drag ? Math.abs(drag.end - drag.start) : 0;
  return (
    <>
      {drag && wide > 0 ? (
        <rect className={styles.chosen} x={plot.x + left} y={plot.y} width={wide} height={plot.height} />
      ) : null}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: for pointers; keys have buttons beside the charts */}
      <rect
        className={styles.chooser}
        x={plot.x}
        y={plot.y}
        width={plot.width}
        height={plot.height}
        // else the press selects text, and lets the drawing take the focus
        onMouseDown={(event) => event.preventDefault()}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ start: placeOf(event), end: placeOf(event) });
        }}
        onPointerMove={(event) => {
          const end = placeOf(event);
          setDrag((now) => (now ? { ...now, end } : null));
        }}
        onPointerUp={() => {
          setDrag(null);
          if (wide >= LEAST_DRAG) onSelect(timeAt(left), timeAt(left + wide));
        }}
        onPointerCancel={() => setDrag(null)}
        onDoubleClick={onBack}
      />
    </>
  );
}
