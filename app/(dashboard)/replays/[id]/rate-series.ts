/** What a job did per second, for its chart. Pure. */
import type { ReplayProgress } from '@/lib/model/replay';

export interface RateSeries {
  times: number[];
  sent: number[];
  settled: number[];
  diedAgain: number[];
}

/**
 * Messages per second in each slice. The last slice of a job that goes on is not full yet: it would look like a fall, so
 * it is left out while there are others.
 */
export function rateSeries({ sliceMs, slices }: ReplayProgress, goesOn: boolean): RateSeries {
  const whole = goesOn && slices.length > 2 ? slices.slice(0, -1) : slices;
  const perSecond = (n: number) => (n * 1_000) / sliceMs;
  return {
    times: whole.map((s) => s.at),
    sent: whole.map((s) => perSecond(s.confirmed)),
    settled: whole.map((s) => perSecond(s.settled)),
    diedAgain: whole.map((s) => perSecond(s.diedAgain)),
  };
}
