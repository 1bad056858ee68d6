'use client';
/** The past of a queue or of all: how far back is in the URL (`range`), the last half hour is what the page has already. */
import { useApi } from '@/app/_live/query';
import { useUrlState, withParams } from '@/app/_live/scope';
import type { HistoryAnswer, HistoryMark } from '@/lib/model/history';
import type { Point } from '@/lib/model/live';

export const RANGES = [
  { value: '30m', label: '30 min', words: 'the last half hour', ms: 1_800_000 },
  { value: '3h', label: '3 h', words: 'the last three hours', ms: 3 * 3_600_000 },
  { value: '24h', label: '24 h', words: 'the last day', ms: 86_400_000 },
  { value: '7d', label: '7 d', words: 'the last week', ms: 7 * 86_400_000 },
  { value: '30d', label: '30 d', words: 'the last 30 days', ms: 30 * 86_400_000 },
] as const;
export type Range = (typeof RANGES)[number];

export interface Past {
  range: Range;
  points: readonly Point[];
  marks: readonly HistoryMark[];
  /** ms of one point; null: as read */
  stepMs: number | null;
  /** Why nothing can be shown. */
  problem: string | null;
  loading: boolean;
}

export function useRange(): [Range, (value: Range['value']) => void] {
  const [params, setParams] = useUrlState();
  const range = RANGES.find((r) => r.value === params.get('range')) ?? RANGES[0];
  return [range, (value) => setParams({ range: value === RANGES[0].value ? null : value })];
}

/** `recent`: the half hour that came with the page. */
export function usePast(
  of: { vhost: string | null; queue: string | null },
  range: Range,
  recent: readonly Point[],
): Past {
  const isRecent = range === RANGES[0];
  const url = withParams('/api/history', { vhost: of.vhost, queue: of.queue, last: String(range.ms) });
  const state = useApi<HistoryAnswer>(['history', url], isRecent ? null : url, {
    every: 15_000,
    keep: false,
  });
  if (isRecent) return { range, points: recent, marks: [], stepMs: null, problem: null, loading: false };
  return {
    range,
    points: state.data?.points ?? [],
    marks: state.data?.marks ?? [],
    stepMs: state.data?.stepMs ?? null,
    problem: state.data ? null : (state.problem?.detail ?? null),
    loading: state.loading,
  };
}
