'use client';
import { useMemo } from 'react';
import { duration } from '@/app/_ui/format';
import { LineChart, type Series } from '@/app/_ui/LineChart';
import { gapsOf, type Stretch } from '@/app/_ui/line-chart';
import { Panel } from '@/app/_ui/Panel';
import { Unknown } from '@/app/_ui/Unknown';
import type { Point } from '@/lib/model/live';
import { shapeOf } from './mark-looks';
import type { Past } from './past';
import { bridged, wideEnough } from './past-span';

type Figure = Exclude<keyof Point, 'at'>;
export type PastLine = Omit<Series, 'values' | 'key'> & { key: Figure };

const HEIGHT = 148;

/**
 * Some figures of the past as lines. Where nothing was read they break and a hatch says why; signs are what happened. A
 * drag over it looks closer, on all charts of the page.
 */
export function PastChart({
  title,
  hint,
  unit,
  past,
  lines,
  height = HEIGHT,
}: {
  title: string;
  hint: string;
  unit?: string;
  past: Past;
  lines: readonly PastLine[];
  height?: number;
}) {
  const { view, span } = past;
  const { times, series, gaps } = useMemo(() => {
    const isRead = (p: Point) => lines.some((line) => p[line.key] !== null);
    const bridging = bridged(past.points, isRead);
    // a figure that came a slot later than others is no gap
    const points = past.stepMs === null ? bridging.slice(bridging.findIndex(isRead)) : bridging;
    const times = points.map((p) => p.at);
    const series = lines.map((line): Series => ({ ...line, values: points.map((p) => p[line.key]) }));
    const own = gapsOf(
      times,
      series.map((s) => s.values),
      'not read',
    );
    return { times, series, gaps: withReasons(own, past, times) };
  }, [past, lines]);
  const [first = Number.POSITIVE_INFINITY] = times;
  const marks = past.marks.map(({ at, kind, words }) => ({
    at,
    label: '',
    words,
    shape: shapeOf(kind),
    lit: view.lit?.at === at && view.lit.kind === kind,
  }));
  return (
    <Panel
      title={title}
      hint={past.stepMs !== null && past.stepMs > 5_000 ? `${hint}, means of ${duration(past.stepMs)}` : hint}
      pad
    >
      {times.length < (span ? 1 : 2) ? (
        <p className="t3" style={{ height }}>
          {past.loading ? 'Reading the past.' : (past.problem ?? emptyWords(past))}
        </p>
      ) : series.every(({ values }) => values.every((value) => value === null)) ? (
        <p className="t3" style={{ height }}>
          <Unknown reason="in all of this time" showReason />
        </p>
      ) : (
        <LineChart
          label={`${title} of ${view.words}`}
          unit={unit}
          times={times}
          series={series}
          gaps={gaps}
          marks={span ? marks : marks.filter((m) => m.at >= first)}
          span={span ?? undefined}
          height={height}
          onSelect={(from, to) => view.look(wideEnough({ from, to }))}
          onBack={view.zoom ? () => view.look(null) : undefined}
        />
      )}
    </Panel>
  );
}

function emptyWords({ span }: Past): string {
  return span ? 'Nothing was recorded in this time.' : 'Lines appear after the second reading.';
}

/** Gaps of these lines with why, as far as it is known, and what lies before the first point and after the last. */
function withReasons(
  own: readonly Stretch[],
  { gaps, span, stepMs }: Past,
  times: readonly number[],
): Stretch[] {
  const [first, last] = [times[0], times.at(-1)];
  const named = own.map((gap) => ({ ...gap, reason: reasonIn(gaps, gap) ?? gap.reason }));
  if (!span || first === undefined || last === undefined) return named;
  if (stepMs !== null) return [...named, ...gaps.filter((g) => g.to <= first || g.from >= last)];
  // as read, and not any more: one stretch up to now
  const after = { from: last, to: span.to, reason: 'not read' };
  return [...named, { ...after, reason: reasonIn(gaps, after) ?? after.reason }];
}

function reasonIn(gaps: Past['gaps'], { from, to }: Stretch): string | undefined {
  return gaps.find((g) => g.from < to && g.to > from)?.reason;
}
