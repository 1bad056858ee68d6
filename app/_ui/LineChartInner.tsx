'use client';
import { useMemo } from 'react';
import { Area, CartesianGrid, ComposedChart, Line, Tooltip, XAxis, YAxis, ZIndexLayer } from 'recharts';
import { clockMs, dayOf, short } from './format';
import type { LineChartProps } from './LineChart';
import styles from './LineChart.module.css';
import { Overlay } from './LineChartOverlay';
import { niceTicks } from './line-chart';

export type Inner = LineChartProps & { width: number; height: number };

/** The part of LineChart that needs recharts. Imported lazily, by LineChart only. */
export default function LineChartInner(props: Inner) {
  const { times, series, width, height, unit = '', format } = props;
  const words = format ?? ((value: number) => `${short(value)}${unit}`);
  const data = useMemo(
    () =>
      times.map((at, i) => ({ at, ...Object.fromEntries(series.map((s) => [s.key, s.values[i] ?? null])) })),
    [times, series],
  );
  const ticks = niceTicks(Math.max(0, ...series.flatMap((s) => s.values.map((v) => v ?? 0))));
  const longest = Math.max(...series.map((s) => s.label.length), 0);
  // words of marks stand above the lines, which are often at the top
  const top = props.marks?.some((mark) => mark.label !== '' || mark.shape) ? 26 : 8;
  return (
    <ComposedChart
      width={width}
      height={height}
      data={data}
      margin={{ top, right: 24 + longest * 7, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} stroke="var(--axis-grid)" />
      <XAxis
        dataKey="at"
        type="number"
        scale="time"
        domain={props.span ? [props.span.from, props.span.to] : ['dataMin', 'dataMax']}
        allowDataOverflow
        height={20}
        tick={false}
        axisLine={false}
        tickLine={false}
      />
      <YAxis
        width={format ? 56 : 40}
        ticks={ticks}
        interval={0}
        domain={[0, ticks.at(-1) ?? 1]}
        tickFormatter={format ?? short}
        tick={{ fill: 'var(--text-3)', fontSize: 12 }}
        axisLine={false}
        tickLine={false}
      />
      <Tooltip
        isAnimationActive={false}
        cursor={{ stroke: 'var(--line-control)' }}
        content={({ active, label, payload }) =>
          active && typeof label === 'number' ? (
            <Readings {...props} at={label} words={words} known={payload.length > 0} />
          ) : null
        }
      />
      {series.map((s) =>
        s.area ? (
          <Area
            key={`${s.key} area`}
            dataKey={s.key}
            className={s.hue}
            type="linear"
            stroke="none"
            fill="var(--cb)"
            fillOpacity={1}
            connectNulls={false}
            isAnimationActive={false}
            activeDot={false}
          />
        ) : null,
      )}
      {series.map((s) => (
        <Line
          key={s.key}
          dataKey={s.key}
          className={s.hue}
          type="linear"
          stroke="var(--c)"
          strokeWidth={1.5}
          strokeDasharray={s.dashed ? '4 3' : undefined}
          // a value between gaps has no neighbour to draw a line to
          dot={
            s.values.some((_, i) => alone(s.values, i))
              ? ({ index, cx, cy }) =>
                  typeof index === 'number' && alone(s.values, index) ? (
                    <circle
                      key={index}
                      className={s.hue}
                      cx={cx}
                      cy={cy}
                      r={2}
                      fill="var(--c)"
                      stroke="none"
                    />
                  ) : (
                    <g key={index} />
                  )
              : false
          }
          activeDot={false}
          connectNulls={false}
          isAnimationActive={false}
        />
      ))}
      <ZIndexLayer zIndex={1000}>
        <Overlay {...props} />
      </ZIndexLayer>
    </ComposedChart>
  );
}

/** How near a mark must be to the pointer, as a part of the chart's time. */
const NEAR = 1 / 80;
const MOST_WORDS = 160;

function alone(values: readonly (number | null)[], i: number): boolean {
  const known = (at: number) => (values[at] ?? null) !== null;
  return known(i) && !known(i - 1) && !known(i + 1);
}

function Readings({
  at,
  series,
  times,
  span,
  marks = [],
  gaps = [],
  words,
  known,
}: LineChartProps & { at: number; words: (value: number) => string; known: boolean }) {
  const i = times.indexOf(at);
  const [from, to] = [span?.from ?? times[0] ?? at, span?.to ?? times.at(-1) ?? at];
  const isToday = new Date(at).toDateString() === new Date(to).toDateString();
  const near = marks.filter((m) => m.words && Math.abs(m.at - at) <= (to - from) * NEAR);
  return (
    <div className={styles.tip}>
      <p className="s t3">
        {isToday && to - from < 86_400_000 ? '' : `${dayOf(at)} `}
        {clockMs(at).slice(0, 8)}
      </p>
      {known ? (
        series.map((s) => {
          const value = s.values[i] ?? null;
          return (
            <p key={s.key} className={`row ${s.hue}`}>
              <span className={s.dashed ? styles.dashed : styles.key} />
              <span className="grow">{s.label}</span>
              <b>{value === null ? 'unknown' : words(value)}</b>
            </p>
          );
        })
      ) : (
        <p>{gaps.find((gap) => gap.from < at && at < gap.to)?.reason ?? 'unknown'}</p>
      )}
      {near.map((m) => (
        <p key={`${m.at} ${m.words}`} className={styles.happened}>
          {m.words && m.words.length > MOST_WORDS ? `${m.words.slice(0, MOST_WORDS)}…` : m.words}
        </p>
      ))}
    </div>
  );
}
