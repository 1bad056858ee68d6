'use client';
import { useMemo } from 'react';
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  Tooltip,
  usePlotArea,
  useXAxisScale,
  useYAxisScale,
  XAxis,
  YAxis,
  ZIndexLayer,
} from 'recharts';
import { clockMs, short } from './format';
import type { LineChartProps } from './LineChart';
import styles from './LineChart.module.css';
import { axisTime, niceTicks, spread } from './line-chart';
import { hatchPath } from './spark';

type Inner = LineChartProps & { width: number; height: number };

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
  const top = props.marks?.some((mark) => mark.label !== '') ? 26 : 8;
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
        domain={['dataMin', 'dataMax']}
        height={20}
        tick={false}
        axisLine={false}
        tickLine={false}
      />
      <YAxis
        width={format ? 56 : 40}
        ticks={ticks}
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
            <Readings at={label} series={series} times={times} words={words} known={payload.length > 0} />
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

const DAY = 86_400_000;
/** Of this span an axis tells days alone. */
const DAYS = 30 * DAY;

function alone(values: readonly (number | null)[], i: number): boolean {
  const known = (at: number) => (values[at] ?? null) !== null;
  return known(i) && !known(i - 1) && !known(i + 1);
}

function Readings({
  at,
  series,
  times,
  words,
  known,
}: {
  at: number;
  series: LineChartProps['series'];
  times: readonly number[];
  words: (value: number) => string;
  known: boolean;
}) {
  const i = times.indexOf(at);
  const longer = (times.at(-1) ?? 0) - (times[0] ?? 0) > DAY;
  return (
    <div className={styles.tip}>
      <p className="s t3">
        {longer ? `${axisTime(at, DAYS)} ` : ''}
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
        <p>unknown</p>
      )}
    </div>
  );
}

/** What recharts does not draw as we want it: hatched gaps, marks, times under the axis, names at the lines' ends. */
function Overlay({ times, series, gaps = [], marks = [], width }: Inner) {
  const plot = usePlotArea();
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  const first = times[0];
  const last = times.at(-1);
  if (!plot || !xScale || !yScale || first === undefined || last === undefined) return null;
  const x = (at: number) => Number(xScale(Math.min(last, Math.max(first, at))) ?? 0);
  const bottom = plot.y + plot.height;
  const right = plot.x + plot.width;
  const ends = series.map((s) => Number(yScale(s.values.findLast((v) => v !== null) ?? 0) ?? bottom));
  const labels = spread(ends, 15, plot.y + 2, bottom);
  const steps = width < 420 ? 2 : 3;
  return (
    <g className={styles.overlay}>
      {gaps.map((gap) => {
        const from = x(gap.from);
        const to = Math.max(from + 6, x(gap.to));
        const leftward = to > plot.x + plot.width * 0.6;
        return (
          <g key={gap.from}>
            <path
              d={hatchPath(from, to, plot.height, 8.5)}
              transform={`translate(0 ${plot.y})`}
              className={styles.hatch}
            />
            <text x={leftward ? from - 6 : to + 6} y={plot.y + 10} textAnchor={leftward ? 'end' : 'start'}>
              {gap.reason}
            </text>
          </g>
        );
      })}
      {marks.map((mark) => {
        const leftward = x(mark.at) > plot.x + plot.width * 0.6;
        return (
          <g key={`${mark.at} ${mark.label}`}>
            <path
              d={`M${x(mark.at)} ${plot.y - (mark.label ? 18 : 0)}V${bottom}`}
              stroke="var(--text-3)"
              strokeDasharray="2 2"
            />
            <text x={x(mark.at) + (leftward ? -6 : 6)} y={plot.y - 8} textAnchor={leftward ? 'end' : 'start'}>
              {mark.label}
            </text>
          </g>
        );
      })}
      {Array.from({ length: steps + 1 }, (_, i) => first + ((last - first) * i) / steps).map((at, i) => (
        <text
          key={at}
          x={x(at)}
          y={bottom + 16}
          textAnchor={i === 0 ? 'start' : i === steps ? 'end' : 'middle'}
        >
          {axisTime(at, last - first)}
        </text>
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
    </g>
  );
}
