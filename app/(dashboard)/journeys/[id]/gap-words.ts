import { clock, clockShort, counted } from '@/app/_ui/format';
import type { Gap } from '@/lib/model/fact';

/** "tap was off 10:07 to 10:09: hops then are unseen"; short gaps to the second. Pure. */
export function gapWords(gap: Gap): string {
  const short = gap.to !== null && gap.to - gap.from < 120_000;
  const say = (at: number) => (short ? clock(at, at) : clockShort(at));
  const when = gap.to === null ? `since ${say(gap.from)}` : `${say(gap.from)} to ${say(gap.to)}`;
  const missing = gap.missing === null ? 'hops then are unseen' : `${counted(gap.missing, 'event')} not seen`;
  return `${gap.reason.replace(/[.\s]+$/, '')} ${when}: ${missing}`;
}
