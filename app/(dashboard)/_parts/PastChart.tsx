'use client';
import { useMemo } from 'react';
import { duration } from '@/app/_ui/format';
import { LineChart, type Series } from '@/app/_ui/LineChart';
import { gapsOf } from '@/app/_ui/line-chart';
import { Panel } from '@/app/_ui/Panel';
import type { Point } from '@/lib/model/live';
import type { Past } from './past';

type Figure = Exclude<keyof Point, 'at'>;
export type PastLine = Omit<Series, 'values' | 'key'> & { key: Figure };

const HEIGHT = 148;

/** Some figures of the past as lines. Where nothing was read they break and a hatch says so; marks are what happened. */
export function PastChart({
  title,
  hint,
  unit,
  past,
  lines,
}: {
  title: string;
  hint: string;
  unit?: string;
  past: Past;
  lines: readonly PastLine[];
}) {
  const { times, series, gaps } = useMemo(() => {
    const times = past.points.map((p) => p.at);
    const series = lines.map((line): Series => ({ ...line, values: past.points.map((p) => p[line.key]) }));
    const values = series.map((s) => s.values);
    return { times, series, gaps: gapsOf(times, values, 'not read') };
  }, [past.points, lines]);
  const [first] = times;
  const marks = past.marks.filter((m) => first !== undefined && m.at >= first);
  return (
    <Panel
      title={title}
      hint={past.stepMs !== null && past.stepMs > 5_000 ? `${hint}, means of ${duration(past.stepMs)}` : hint}
      pad
    >
      {times.length < 2 ? (
        <p className="t3" style={{ height: HEIGHT }}>
          {past.loading ? 'Reading the past.' : (past.problem ?? 'Lines appear after the second reading.')}
        </p>
      ) : (
        <>
          <LineChart
            label={`${title} of ${past.range.words}`}
            unit={unit}
            times={times}
            series={series}
            gaps={gaps}
            marks={marks.map(({ at }) => ({ at, label: '' }))}
          />
          {marks.length > 0 ? (
            <p className="s t3">
              Dotted:{' '}
              {marks
                .slice(-3)
                .map((m) => m.words)
                .join(' · ')}
              {marks.length > 3 ? ` and ${marks.length - 3} before` : ''}
            </p>
          ) : null}
        </>
      )}
    </Panel>
  );
}
