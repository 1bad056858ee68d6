/**
 * Whether a journey is among the share that is kept. The answer hangs on its key alone, so every fact of a journey gets
 * the same one, in every process and at every time: whole journeys or none. A larger share keeps all that a smaller kept.
 */
import type { JourneyKey } from '../model/ids.ts';

const RANGE = 2 ** 32;

/** `share` in 0..1; 1 keeps every journey. */
export function kept(journey: JourneyKey | string, share: number): boolean {
  return share >= 1 || hash32(journey) < share * RANGE;
}

/** FNV-1a with MurmurHash3's last mixing, since keys that differ in one digit must not fall together. 0 ≤ x < 2^32. */
function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
