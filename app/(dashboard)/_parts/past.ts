'use client';
/**
 * The past of a queue or of all. What is looked at is in the URL: how far back (`range`), or a stretch of time (`from`, `to`,
 * ms since 1970). The figures of the last half hour are what the page has already.
 */
import { useEffect, useMemo, useState } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { useApi } from '@/app/_live/query';
import { useUrlState, withParams } from '@/app/_live/scope';
import { stretchWords } from '@/app/_ui/line-chart';
import type { HistoryAnswer, HistoryGap, HistoryMark } from '@/lib/model/history';
import type { Point } from '@/lib/model/live';
import { RANGES, type Range, type Span, spanIn, tellsMore, upTo } from './past-span';

export interface PastView {
  range: Range;
  /** The stretch that is looked at closely; null: the range, up to now. */
  zoom: Span | null;
  /** `the last day`, `21 Nov 14:00 to 14:30` */
  words: string;
  setRange: (value: Range['value']) => void;
  /** A new step in the browser's history, so that its back button leads out again. Null: back to the range. */
  look: (span: Span | null) => void;
  /** The mark that the reader looks at in the list. */
  lit: HistoryMark | null;
  light: (mark: HistoryMark | null) => void;
}

export interface Past {
  view: PastView;
  points: readonly Point[];
  marks: readonly HistoryMark[];
  /** Why figures are missing, as far as it is known. */
  gaps: readonly HistoryGap[];
  /** What the axis shows, ms since 1970; null: from the first point to the last. */
  span: Span | null;
  /** ms of one point; null: as read */
  stepMs: number | null;
  /** Why nothing can be shown. */
  problem: string | null;
  loading: boolean;
}

export function usePastView(): PastView {
  const [params, setParams] = useUrlState();
  const [lit, light] = useState<HistoryMark | null>(null);
  const range = RANGES.find((r) => r.value === params.get('range')) ?? RANGES[0];
  const [from, to] = [params.get('from'), params.get('to')];
  const zoom = useMemo(() => spanIn(from, to), [from, to]);
  return {
    range,
    zoom,
    words: zoom ? stretchWords(zoom.from, zoom.to) : range.words,
    setRange: (value) =>
      setParams(
        { range: value === RANGES[0].value ? null : value, from: null, to: null },
        { push: zoom !== null },
      ),
    look: (span) =>
      setParams({ from: span && String(span.from), to: span && String(span.to) }, { push: true }),
    lit,
    light,
  };
}

/** `recent`: the half hour that came with the page; null: it is to be asked for, as every other. */
export function usePast(
  of: { vhost: string | null; queue: string | null },
  view: PastView,
  recent: readonly Point[] | null,
): Past {
  const { zoom, range } = view;
  const isLatest = recent !== null && zoom === null && range === RANGES[0];
  const time = zoom ? { from: String(zoom.from), to: String(zoom.to) } : { last: String(range.ms) };
  const url = withParams('/api/history', { vhost: of.vhost, queue: of.queue, ...time });
  const state = useApi<HistoryAnswer>(['history', url], url, { every: zoom ? 60_000 : 15_000 });
  const { data } = state;
  // what is in memory is the youngest, and begins with Hoplight's start
  const isRecent = isLatest && (state.previous || !data || !tellsMore(data.since, recent));
  const isLive = (useLive()?.freshness ?? 'live') === 'live';
  const now = useNowUnless(isLive);
  const none = { view, marks: data?.marks ?? [], problem: null, loading: false };
  // what is not renewed ends before now: the axis goes on, and says so
  if (isRecent)
    return {
      ...none,
      points: recent,
      gaps: data?.gaps ?? [],
      span: now === null ? null : upTo(recent, now),
      stepMs: null,
    };
  return {
    ...none,
    points: data?.points ?? [],
    gaps: data ? withUnknown(data) : [],
    span: data ? { from: data.from, to: data.to } : null,
    stepMs: data?.stepMs ?? null,
    problem: data ? null : (state.problem?.detail ?? null),
    loading: state.loading,
  };
}

/** The present, each slot of the past anew, ms since 1970; null while `isLive`. */
function useNowUnless(isLive: boolean): number | null {
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    if (isLive) return setNow(null);
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 5_000);
    return () => clearInterval(timer);
  }, [isLive]);
  return now;
}

/** What lies before the first figure is no gap in a record: there is none. */
function withUnknown({ gaps, from, to, since, stepMs }: HistoryAnswer): HistoryGap[] {
  const begin = since ?? to;
  return begin - from > 2 * stepMs ? [{ from, to: begin, reason: 'no record' }, ...gaps] : gaps;
}
