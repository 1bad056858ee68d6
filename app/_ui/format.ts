/**
 * Figures as people read them. Pure; times are ms since 1970, durations ms, sizes bytes.
 * null is unknown and is the caller's to draw (`Unknown`): nothing here turns it into a 0.
 */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 12480 → "12,480". */
export function count(n: number): string {
  // most figures of a long table, fifteen times quicker
  if (Number.isInteger(n) && n >= 0 && n < 1_000) return String(n);
  return grouped.format(n);
}

/** "1 message", "1,238 messages". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** 8280 → "+8,280", -3 → "−3" (a true minus), 0 → "±0". */
export function change(n: number): string {
  return n > 0 ? `+${count(n)}` : n < 0 ? `−${count(-n)}` : '±0';
}

const steps = ['', 'k', 'M', 'G', 'T'];

/** Short figure: 12 → "12", 1234 → "1.2k", 12300 → "12.3k", 3400000 → "3.4M"; below 10 one decimal, below 0.1 two. */
export function short(n: number): string {
  if (n < 0) return `−${short(-n)}`;
  if (n === 0) return '0';
  if (n < 0.005) return '<0.01';
  if (n < 0.095) return n.toFixed(2);
  if (n < 9.95) return trim(n.toFixed(1));
  let value = n;
  let step = 0;
  // 999.5 and more would round to "1000": the next unit says it better
  while (value >= 999.5 && step < steps.length - 1) {
    value /= 1000;
    step++;
  }
  if (step === 0) return value.toFixed(0);
  return `${value < 99.95 ? trim(value.toFixed(1)) : value.toFixed(0)}${steps[step]}`;
}

function trim(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}

/** Messages per second: 12300 → "12.3k/s". */
export function rate(n: number): string {
  return `${short(n)}/s`;
}

/** 0.714 → "71%". Never rounds up to 100% or down to 0% what is not. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 99 && value < 100) return '99%';
  if (value > 0 && value < 1) return '<1%';
  return `${Math.round(value)}%`;
}

/** 412 → "412 B", 4096 → "4 KiB", 1610612736 → "1.5 GiB". */
export function bytes(n: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = n;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const text = unit === 0 || value >= 99.95 ? value.toFixed(0) : trim(value.toFixed(1));
  return `${text} ${units[unit]}`;
}

/** 84 → "84 ms", 1505 → "1.505 s", 16200 → "16 s", 192000 → "3 m 12 s", 2414000 → "40 m 14 s", 3.6e8 → "4 d 4 h". */
export function duration(ms: number): string {
  if (ms < 0) return `−${duration(-ms)}`;
  if (ms < 1) return ms === 0 ? '0 ms' : '<1 ms';
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${trim3(ms / 1000)} s`;
  const s = Math.round(ms / 1000);
  if (s < 60) return `${s} s`;
  const pairs: [number, string, number, string][] = [
    [60, 'm', 1, 's'],
    [3600, 'h', 60, 'm'],
    [86_400, 'd', 3600, 'h'],
  ];
  const limit = s < 3600 ? 0 : s < 86_400 ? 1 : 2;
  const [big, bigUnit, small, smallUnit] = pairs[limit] ?? [60, 'm', 1, 's'];
  const head = Math.floor(s / big);
  const rest = Math.floor((s % big) / small);
  return rest === 0 ? `${head} ${bigUnit}` : `${head} ${bigUnit} ${rest} ${smallUnit}`;
}

function trim3(seconds: number): string {
  return seconds.toFixed(3).replace(/\.?0+$/, '');
}

/** How long ago, in one unit: "now" (under 2 s), "12 s", "3 m", "2 h", "5 d". */
export function since(ms: number): string {
  const s = Math.floor(ms / 1000);
  if (s < 2) return 'now';
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} m`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86_400)} d`;
}

/** "12 s ago", "now". */
export function ago(ms: number): string {
  const text = since(ms);
  return text === 'now' ? text : `${text} ago`;
}

const two = (n: number) => String(n).padStart(2, '0');

/** The reader's own clock: "10:03:12"; another day is named: "20 Nov 10:03". `now` decides which day is today. */
export function clock(at: number, now: number): string {
  const d = new Date(at);
  const hm = `${two(d.getHours())}:${two(d.getMinutes())}`;
  if (new Date(now).toDateString() === d.toDateString()) return `${hm}:${two(d.getSeconds())}`;
  return `${day(d, now)} ${hm}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function day(d: Date, now: number): string {
  const text = dayOf(d.getTime());
  return new Date(now).getFullYear() === d.getFullYear() ? text : `${text} ${d.getFullYear()}`;
}

/** "20 Nov" for axes. */
export function dayOf(at: number): string {
  const d = new Date(at);
  return `${d.getDate()} ${months[d.getMonth()]}`;
}

/** "10:03" for axes. */
export function clockShort(at: number): string {
  const d = new Date(at);
  return `${two(d.getHours())}:${two(d.getMinutes())}`;
}

/** "10:03:12.118" for strips and titles. */
export function clockMs(at: number): string {
  const d = new Date(at);
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${String(d.getMilliseconds()).padStart(3, '0')}`;
}

/** Everything there is to say: "2026-11-21 10:03:12.118 +01:00", in the reader's own zone. */
export function full(at: number): string {
  const d = new Date(at);
  const zone = -d.getTimezoneOffset();
  const sign = zone < 0 ? '−' : '+';
  const minutes = Math.abs(zone);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${clockMs(at)} ${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** A long ID in brief: "4bf92f35…4736"; up to 16 characters stay whole. */
export function shortId(id: string): string {
  return id.length <= 16 ? id : `${id.slice(0, 8)}…${id.slice(-4)}`;
}
