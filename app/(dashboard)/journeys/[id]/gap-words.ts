import { clock, clockShort, counted } from '@/app/_ui/format';
import type { Gap } from '@/lib/model/fact';

/** A stretch of time in which nothing was seen; scope and sampling are no stretch, they hold for the whole journey. */
export function isBand(gap: Gap): boolean {
  return gap.kind !== 'scope' && gap.kind !== 'sampling';
}

/** "tap was off 10:07 to 10:09: hops then are unseen"; short gaps to the second. Pure. */
export function gapWords(gap: Gap): string {
  const reason = gap.reason.replace(/[.\s]+$/, '');
  if (gap.kind === 'scope') return `${reason}: hops elsewhere are unseen`;
  if (gap.kind === 'sampling') return `${reason}: this journey was kept whole, others were not`;
  const short = gap.to !== null && gap.to - gap.from < 120_000;
  const say = (at: number) => (short ? clock(at, at) : clockShort(at));
  const when = gap.to === null ? `since ${say(gap.from)}` : `${say(gap.from)} to ${say(gap.to)}`;
  const missing = gap.missing === null ? 'hops then are unseen' : `${counted(gap.missing, 'event')} not seen`;
  return `${reason} ${when}: ${missing}`;
}

/** As a sentence of its own. */
export function gapSentence(gap: Gap): string {
  const words = gapWords(gap);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
