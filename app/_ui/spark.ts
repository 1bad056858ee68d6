/** Pure geometry of sparklines: from zero, gaps broken and hatched. Lengths in px. */

export interface SparkShape {
  /** One path a stretch without gaps. */
  lines: string[];
  areas: string[];
  /** Diagonal strokes over the gaps, one path; empty when there is none. */
  hatch: string;
}

const TOP = 1.5;

/** `max` is the scale's top (the largest value when left out), so that several sparks may share one scale. */
export function sparkShape(
  values: readonly (number | null)[],
  width: number,
  height: number,
  max?: number,
): SparkShape {
  const top = Math.max(max ?? 0, ...(max === undefined ? values.map((v) => v ?? 0) : []), 1e-9);
  const dx = values.length > 1 ? width / (values.length - 1) : 0;
  const x = (i: number) => +(i * dx).toFixed(1);
  const y = (v: number) => +(height - TOP - (Math.min(v, top) / top) * (height - 2 * TOP)).toFixed(1);
  const shape: SparkShape = { lines: [], areas: [], hatch: '' };
  let start = 0;
  while (start < values.length) {
    const known = values[start] !== null;
    let end = start;
    while (end + 1 < values.length && (values[end + 1] !== null) === known) end++;
    if (known) {
      const points = values.slice(start, end + 1).map((v, i) => `${x(start + i)} ${y(v ?? 0)}`);
      // a single point between gaps still shows
      if (points.length === 1) points.push(`${x(start) + 1} ${y(values[start] ?? 0)}`);
      shape.lines.push(`M${points.join('L')}`);
      shape.areas.push(`M${points.join('L')}V${height}H${x(start)}Z`);
    } else if (start > 0 || end === values.length - 1) {
      // before the first known point there is no gap: nothing was looked at yet
      shape.hatch += hatchPath(x(Math.max(0, start - 1)), x(Math.min(values.length - 1, end + 1)), height);
    }
    start = end + 1;
  }
  return shape;
}

/** Strokes at 45° between `from` and `to`, `pitch` px apart along the band, clipped to it. */
export function hatchPath(from: number, to: number, height: number, pitch = 6): string {
  let path = '';
  for (let at = from - height; at < to; at += pitch) {
    const low = Math.max(0, from - at);
    const high = Math.min(height, to - at);
    if (high > low)
      path += `M${(at + low).toFixed(1)} ${(height - low).toFixed(1)}L${(at + high).toFixed(1)} ${(height - high).toFixed(1)}`;
  }
  return path;
}

/**
 * Heights of bars for counts: the largest fills `height`, none that is not 0 is under 1 px, null is null.
 */
export function barHeights(values: readonly (number | null)[], height: number): (number | null)[] {
  const top = Math.max(...values.map((v) => v ?? 0), 1e-9);
  return values.map((v) => (v === null ? null : v === 0 ? 0 : Math.max(1, (v / top) * height)));
}
