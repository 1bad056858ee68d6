/** Waits between tries to connect: 0.2 s doubled up to 2 s, so that a recovered broker is seen within 5 s. */
export const FIRST_DELAY_MS = 200;
export const LONGEST_DELAY_MS = 2_000;

/**
 * Milliseconds to wait after failure number `failures` (from 1). Jitter takes up to a quarter off, so that connections
 * that were lost together do not all come back at the same moment. `random` answers [0, 1).
 */
export function backoffDelay(failures: number, random: () => number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures - 1, 16));
  return full * (1 - random() / 4);
}
