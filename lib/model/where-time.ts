/** Times as people type them into a filter. */

/** `zone`: how a time without one is meant; `local` is the zone of the process or browser that reads it. */
export interface WhereClock {
  /** ms since 1970 */
  now: number;
  zone: 'utc' | 'local';
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** Largest time that a Date can hold, ms. */
const MAX_TIME = 8.64e15;

/**
 * `10:30` and `10:30:15` (today), `2026-11-21`, `2026-11-21T10:00` or with a blank, with `Z` or `+01:00` or neither,
 * `-15m` (s, m, h, d ago), or ms since 1970 as 9 digits and more. Null when it is none of these.
 */
export function readWhereTime(text: string, clock: WhereClock): number | null {
  const ago = /^-(\d{1,6})([smhd])$/.exec(text);
  if (ago) return valid(clock.now - Number(ago[1]) * UNITS[ago[2] as keyof typeof UNITS]);
  if (/^\d{9,16}$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : null;
  const time = /^(\d{1,2}):(\d{2})(:\d{2})?$/.test(text)
    ? text.padStart(text.length + (text.indexOf(':') === 1 ? 1 : 0), '0')
    : null;
  const full = time === null ? text.replace(' ', 'T') : `${today(clock)}T${time}`;
  const parts = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/i.exec(
    full,
  );
  if (!parts) return null;
  const [, date = '', clockTime = '00:00', zone = clock.zone === 'utc' ? 'Z' : ''] = parts;
  const at = Date.parse(`${date}T${clockTime}${zone.toUpperCase()}`);
  // Date.parse takes the 31st of February for the 3rd of March
  const day = Date.parse(`${date}T00:00Z`);
  return Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date ? null : valid(at);
}

/** As `readWhereTime` reads it back to the millisecond, whatever the zone. */
export function whereTime(at: number): string {
  return at < 253_402_300_800_000 ? new Date(at).toISOString() : String(at);
}

function valid(at: number): number | null {
  return at >= 0 && at <= MAX_TIME ? at : null;
}

function today({ now, zone }: WhereClock): string {
  const date = new Date(now);
  if (zone === 'utc') return date.toISOString().slice(0, 10);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
