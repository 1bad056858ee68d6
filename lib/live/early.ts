/**
 * Lists of clients that are read before their time, since a consumer left and they say why: within a part of the share,
 * which all other parts then go without. Where consumers come and go all the time, that is at each reading.
 */
export interface Early {
  /** An asking that was not due, and what it takes. */
  took(ms: number): void;
  /** ms after the last reading of the lists, which together take `costMs`, when they may be read before their time. */
  pauseMs(costMs: number): number;
  /** Of the time, of late. */
  share(): number;
}

const OF_LATE_MS = 60_000;

/** `part`: of the time, that they take at most. */
export function createEarly(part: number, clock: () => number): Early {
  let spent: { at: number; ms: number }[] = [];
  return {
    took(ms) {
      spent.push({ at: clock(), ms });
    },
    pauseMs: (costMs) => costMs / part,
    share() {
      spent = spent.filter(({ at }) => clock() - at < OF_LATE_MS);
      return Math.min(spent.reduce((all, { ms }) => all + ms, 0) / OF_LATE_MS, part);
    },
  };
}
