/** Stretches of the past, and how to go from one to the next. Pure. */
export const RANGES = [
  { value: '30m', label: '30 min', words: 'the last half hour', ms: 1_800_000 },
  { value: '3h', label: '3 h', words: 'the last three hours', ms: 3 * 3_600_000 },
  { value: '24h', label: '24 h', words: 'the last day', ms: 86_400_000 },
  { value: '7d', label: '7 d', words: 'the last week', ms: 7 * 86_400_000 },
  { value: '30d', label: '30 d', words: 'the last 30 days', ms: 30 * 86_400_000 },
] as const;
export type Range = (typeof RANGES)[number];

/** ms since 1970 */
export interface Span {
  from: number;
  to: number;
}

/** Two slots of the past and some: what is younger may just not be there yet, ms. */
const LATE_MS = 12_000;
/** A dozen readings: closer there is nothing more to see. */
const LEAST_MS = 60_000;
const MOST_MS = 30 * 86_400_000;

/**
 * Without the unread slots that lie between two readings only because they come at a slower pace than slots: a hole is a
 * gap when it is longer than two and a half of the usual distance.
 */
export function bridged<P extends { at: number }>(
  points: readonly P[],
  isRead: (point: P) => boolean,
): readonly P[] {
  const read = points.filter(isRead);
  if (read.length === points.length || read.length < 3) return points;
  const apart = read.slice(1).map((p, i) => p.at - (read[i]?.at ?? 0));
  const usual = apart.toSorted((a, b) => a - b)[Math.floor(apart.length / 2)] ?? 0;
  let next = 0;
  return points.filter((point) => {
    while (next < read.length && (read[next]?.at ?? 0) < point.at) next++;
    if (read[next] === point) return true;
    const [before, after] = [read[next - 1], read[next]];
    return !before || !after || after.at - before.at > usual * 2.5;
  });
}

/** From the first point to `now`, when nothing is read any more; null: there is nothing to draw yet, or it is young. */
export function upTo(points: readonly { at: number }[], now: number): Span | null {
  const [first, last] = [points[0], points.at(-1)];
  return first && last && now - last.at > LATE_MS ? { from: first.at, to: now } : null;
}

/** Whether the record, which begins at `since`, tells of a time before the first point: Hoplight was restarted since. */
export function tellsMore(since: number | null, points: readonly { at: number }[]): boolean {
  const first = points[0];
  return since !== null && (first === undefined || first.at - since > 60_000);
}

/** As the URL has it; null: none, or none that makes sense. */
export function spanIn(from: string | null, to: string | null): Span | null {
  const span = { from: Number(from), to: Number(to) };
  const fits = Number.isSafeInteger(span.from) && Number.isSafeInteger(span.to) && span.from > 0;
  return fits && span.to - span.from >= 10_000 ? span : null;
}

/** At least a minute long, around its middle. */
export function wideEnough({ from, to }: Span): Span {
  if (to - from >= LEAST_MS) return { from, to };
  const middle = (from + to) / 2;
  return { from: Math.round(middle - LEAST_MS / 2), to: Math.round(middle + LEAST_MS / 2) };
}

/** Half as long or twice, around its middle, yet not beyond `now`; null: it is as short or as long as it gets. */
export function scaled(span: Span, by: 0.5 | 2, now: number): Span | null {
  const length = span.to - span.from;
  const next = Math.min(MOST_MS, Math.max(LEAST_MS, length * by));
  if (next === length) return null;
  // what reaches up to now goes on doing so: the end is what is looked at
  const isLatest = now - span.to < length / 10;
  const to = isLatest ? span.to : Math.min(now, (span.from + span.to + next) / 2);
  return { from: Math.round(to - next), to: Math.round(to) };
}

/** Half its length earlier or later; null: there is nothing later than now. */
export function moved(span: Span, direction: -1 | 1, now: number): Span | null {
  const by = (direction * (span.to - span.from)) / 2;
  const to = Math.min(now, span.to + by);
  if (direction === 1 && to - span.to < 1_000) return null;
  return { from: Math.round(span.from + to - span.to), to: Math.round(to) };
}
