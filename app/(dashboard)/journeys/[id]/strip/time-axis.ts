/**
 * The strip's time axis: piecewise linear. Moments become columns from left to right; between two columns time runs
 * evenly, but each stretch has its own scale and says its length, and a wait that is very much longer than its
 * neighbours is folded. Pure; times in ms, places in px.
 *
 *   moments   0 5 11            1512     3020          2 414 000 2 414 018
 *   drawn     | |  |     |         |       |      ⌇     |    |
 *             └ 11 ms ──┘└──── 3 s ───────┘└ folded ┘└─ 18 ms ─┘
 */
export interface Moment {
  at: number;
  /** Least px from the right edge of the moment before to this one, and how wide this one is itself. */
  room: number;
  width: number;
}

export interface Stretch {
  fromAt: number;
  toAt: number;
  x0: number;
  x1: number;
  folded: boolean;
}

export interface TimeAxis {
  /** Left edge of each moment, in the order given. */
  xs: number[];
  stretches: Stretch[];
  /** Time of the first moment; null when there is none. */
  firstAt: number | null;
  /** Right edge of the last moment. */
  end: number;
  /** Place of any time; times before the first and after the last stay at the edges. */
  xOf(at: number): number;
}

const FOLD_OVER_MS = 10_000;
const FOLD_RATIO = 20;
const FOLD_WIDTH = 136;
/** Steps that differ by more than this are drawn on scales of their own. */
const SCALE_RATIO = 40;

/** `moments` in order of time (equal times merged by the caller). Grows beyond `width` px when the rooms need it. */
export function timeAxis(moments: readonly Moment[], left: number, width: number): TimeAxis {
  const steps = moments.slice(1).map((m, i) => ({
    ms: m.at - (moments[i]?.at ?? m.at),
    room: m.room,
    /** Of the moment before: no time passes in it. */
    still: moments[i]?.width ?? 0,
  }));
  const folded = foldsOf(steps.map((s) => s.ms));
  const runs = runsOf(steps, folded);
  const lastWidth = moments.at(-1)?.width ?? 0;
  const leasts = runs.map((run) => sum(run.steps.map((s) => s.room + s.still)));
  const fixed = runs.map((run, i) => (run.folded ? Math.max(FOLD_WIDTH, (leasts[i] ?? 0) + 40) : 0));
  const free = width - lastWidth - sum(fixed);
  const shares = share(
    runs.map((run, i) => (run.folded ? 0 : (leasts[i] ?? 0))),
    runs.map((run) => (run.folded ? 0 : 1 + run.steps.length)),
    free,
  );

  const xs = [left];
  const stretches: Stretch[] = [];
  let x = left;
  let at = 0;
  runs.forEach((run, i) => {
    const wide = run.folded ? (fixed[i] ?? 0) : (shares[i] ?? 0);
    const widths = share(
      run.steps.map((s) => s.room),
      run.steps.map((s) => s.ms),
      wide - sum(run.steps.map((s) => s.still)),
    );
    const x0 = x + (moments[at]?.width ?? 0);
    run.steps.forEach((step, k) => {
      x += step.still + (widths[k] ?? 0);
      xs.push(x);
    });
    const fromAt = moments[at]?.at ?? 0;
    at += run.steps.length;
    stretches.push({
      fromAt,
      toAt: moments[at]?.at ?? fromAt,
      x0: i === 0 ? left : x0,
      x1: x,
      folded: run.folded,
    });
  });
  return { xs, stretches, firstAt: moments[0]?.at ?? null, end: x + lastWidth, xOf: placer(moments, xs) };
}

function placer(moments: readonly Moment[], xs: readonly number[]): (at: number) => number {
  return (at) => {
    let i = moments.findLastIndex((m) => m.at <= at);
    if (i < 0) return xs[0] ?? 0;
    const from = moments[i];
    const to = moments[i + 1];
    const x0 = (xs[i] ?? 0) + (from && from.at < at ? from.width : 0);
    if (!from || !to) return x0;
    i++;
    const part = to.at > from.at ? (at - from.at) / (to.at - from.at) : 0;
    return x0 + ((xs[i] ?? x0) - x0) * part;
  };
}

/** Folded: over 10 s and over 20 times the longest neighbour that is not itself so long. */
function foldsOf(ms: readonly number[]): boolean[] {
  const shortest = Math.max(1, Math.min(...ms.filter((d) => d > 0), Number.MAX_SAFE_INTEGER));
  return ms.map((d, i) => {
    if (d <= FOLD_OVER_MS) return false;
    const near = [ms[i - 1], ms[i + 1]].filter((n) => n !== undefined && n * FOLD_RATIO < d);
    const beside = [ms[i - 1], ms[i + 1]].filter((n) => n !== undefined).length;
    return beside === 0 ? false : near.length > 0 || d > FOLD_RATIO * shortest;
  });
}

interface Step {
  ms: number;
  room: number;
  still: number;
}

interface Run {
  folded: boolean;
  steps: Step[];
}

/** Neighbouring steps of like length share a scale. */
function runsOf(steps: readonly Step[], folded: readonly boolean[]): Run[] {
  const runs: Run[] = [];
  steps.forEach((step, i) => {
    const last = runs.at(-1);
    if (last && !last.folded && !folded[i]) {
      const all = [...last.steps, step].map((s) => Math.max(s.ms, 1));
      if (Math.max(...all) <= SCALE_RATIO * Math.min(...all)) {
        last.steps.push(step);
        return;
      }
    }
    runs.push({ folded: folded[i] ?? false, steps: [step] });
  });
  return runs;
}

/** Gives out `total` by weight, nobody less than its least; more than `total` when the leasts ask for it. */
export function share(leasts: readonly number[], weights: readonly number[], total: number): number[] {
  const given = [...leasts];
  let open = leasts.map((_, i) => i).filter((i) => (weights[i] ?? 0) > 0);
  for (;;) {
    const left = total - sum(given.filter((_, i) => !open.includes(i)));
    const weight = sum(open.map((i) => weights[i] ?? 0));
    if (open.length === 0 || weight === 0) return given;
    const part = (i: number) => (left * (weights[i] ?? 0)) / weight;
    const poor = open.filter((i) => part(i) < (leasts[i] ?? 0));
    if (poor.length === 0) {
      for (const i of open) given[i] = part(i);
      return given;
    }
    open = open.filter((i) => !poor.includes(i));
  }
}

function sum(list: readonly number[]): number {
  return list.reduce((a, b) => a + b, 0);
}

export interface Tick {
  at: number;
  x: number;
  text: string;
  /** The first of its stretch says the whole time. */
  first: boolean;
}

const NICE = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5,
];

/**
 * Ticks of the stretches that are not folded: the first moment of all, and the first after a fold, in full, then round
 * times, at least 52 px apart. `words` writes a time: whole, or short for a step of so many ms.
 */
export function ticksOf(
  axis: TimeAxis,
  words: { full(at: number): string; short(at: number, step: number): string },
): Tick[] {
  const ticks: Tick[] = [];
  let last = Number.NEGATIVE_INFINITY;
  const { firstAt } = axis;
  if (axis.stretches.length === 0 && firstAt !== null)
    return [{ at: firstAt, x: axis.xOf(firstAt), text: words.full(firstAt), first: true }];
  axis.stretches.forEach((s, i) => {
    if (s.folded) return;
    if (i === 0 || axis.stretches[i - 1]?.folded) {
      const x = axis.xOf(s.fromAt);
      ticks.push({ at: s.fromAt, x, text: words.full(s.fromAt), first: true });
      last = x + 48;
    }
    const scale = (s.toAt - s.fromAt) / Math.max(1, s.x1 - s.x0);
    const step = NICE.find((n) => n / Math.max(scale, 1e-9) >= 64);
    if (step === undefined) return;
    const end = axis.stretches[i + 1]?.folded ? s.x1 - 20 : s.x1 - 4;
    for (let at = Math.ceil(s.fromAt / step) * step; at <= s.toAt; at += step) {
      const x = axis.xOf(at);
      if (x - last < 52 || x > end) continue;
      ticks.push({ at, x, text: words.short(at, step), first: false });
      last = x;
    }
  });
  return ticks;
}
