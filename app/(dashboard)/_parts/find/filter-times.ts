/** Times as people write them in the filter box and as the URL keeps them. Pure; ms since 1970. */
import { clock } from '@/app/_ui/format';

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const AGO = /^(\d{1,6})\s*([smhd])$/;
const OF_DAY = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** "15m" (so long ago), "10:03" (the last time that the clock showed it), "2026-11-21 10:03", or ms; null when none of these. */
export function whenOf(text: string, now: number): number | null {
  const ago = AGO.exec(text);
  if (ago) return now - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0);
  if (/^\d{12,14}$/.test(text)) return Number(text);
  const ofDay = OF_DAY.exec(text);
  if (ofDay) {
    const [h = 0, m = 0, s = 0] = ofDay.slice(1).map((part) => Number(part ?? 0));
    if (h > 23 || m > 59 || s > 59) return null;
    const at = new Date(now);
    at.setHours(h, m, s, 0);
    if (at.getTime() > now) at.setDate(at.getDate() - 1);
    return at.getTime();
  }
  if (!DATE.test(text)) return null;
  // a bare date is the reader's midnight, not that of UTC
  const at = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
  return Number.isNaN(at) ? null : at;
}

/** True for a time that moves on with the clock. */
export const isRelative = (text: string): boolean => AGO.test(text);

/** As the URL keeps it, the same for readers elsewhere: "15m" stays, all else becomes a moment in UTC. */
export function keptTime(text: string, now: number): string {
  const at = isRelative(text) ? null : whenOf(text, now);
  return at === null ? text : new Date(at).toISOString();
}

/** As a chip shows it, by the reader's own clock. */
export function shownTime(text: string, now: number | null): string {
  const at = now === null || isRelative(text) ? null : whenOf(text, now);
  return at === null || now === null ? text : clock(at, now);
}

/** The value of an `<input type="datetime-local">`, to the second. */
export function localInput(at: number): string {
  const zone = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - zone).toISOString().slice(0, 19);
}

export const RANGES = [
  { value: '15m', label: 'Last 15 minutes' },
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
] as const;

/** "Last hour", "since 10:03:12", "10:03:12 to 10:05:00". */
export function timeWords(from: string | null, to: string | null, now: number | null): string {
  if (from === null && to === null) return 'All time';
  const range = to === null ? RANGES.find((r) => r.value === from) : undefined;
  if (range) return range.label;
  if (to === null) return `since ${shownTime(from ?? '', now)}`;
  return from === null ? `until ${shownTime(to, now)}` : `${shownTime(from, now)} to ${shownTime(to, now)}`;
}
