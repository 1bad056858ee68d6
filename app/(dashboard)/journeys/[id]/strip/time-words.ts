/** Times on the strip, in the reader's own zone. Pure. */
import { clockMs } from '@/app/_ui/format';

const two = (n: number) => String(n).padStart(2, '0');

export const axisTimes = {
  full: clockMs,
  /** Only what changes at this step: `.125`, `:14`, `10:07`. A whole second among thousandths says its second. */
  short(at: number, step: number): string {
    const d = new Date(at);
    const ms = d.getMilliseconds();
    if (step < 1_000) return ms === 0 ? `${two(d.getSeconds())}.000` : `.${String(ms).padStart(3, '0')}`;
    if (step < 60_000)
      return d.getSeconds() === 0 ? `${two(d.getHours())}:${two(d.getMinutes())}` : `:${two(d.getSeconds())}`;
    return `${two(d.getHours())}:${two(d.getMinutes())}`;
  },
};

/** `16.250`: seconds and thousandths. */
export function pillText(at: number): string {
  const d = new Date(at);
  return `${two(d.getSeconds())}.${String(d.getMilliseconds()).padStart(3, '0')}`;
}
