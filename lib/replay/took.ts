/** Times in words, for steps and reasons: 0.4 s, 4.9 s, 17 s, 3 min, 2 h. */

/** `ms` 0 or more; what is negative by a clock that differs counts as 0. */
export function tookWords(ms: number): string {
  const s = Math.max(0, ms) / 1_000;
  if (s < 9.95) return `${s.toFixed(1)} s`;
  if (s < 119.5) return `${Math.round(s)} s`;
  if (s < 7_170) return `${Math.round(s / 60)} min`;
  return s < 172_800 ? `${Math.round(s / 3_600)} h` : `${Math.round(s / 86_400)} d`;
}
