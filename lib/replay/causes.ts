/** Dead letters grouped by why they died. Pure. */
import { type Cause, causeKey } from '../model/death.ts';
import { errorShape } from '../model/error-shape.ts';

/** What is needed of a message to group it. */
export interface Died {
  originQueue: string | null;
  reason: string | null;
  error: string | null;
  /** ms since 1970 */
  diedAt: number | null;
}

const SLICES = 12;

/** The cause's key; a message that never died (no x-death) falls under an empty queue and the reason `none`. */
export function causeOf(message: Died): string {
  return causeKey(message.originQueue ?? '', message.reason ?? 'none', message.error);
}

/** Causes, the most frequent first. `trend` has 12 slices from the first to the last death of all that were given. */
export function groupCauses(messages: readonly Died[]): Cause[] {
  const times = messages.flatMap((m) => m.diedAt ?? []);
  const from = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const to = times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const causes = new Map<string, Cause>();
  for (const message of messages) {
    const key = causeOf(message);
    const cause = causes.get(key) ?? {
      key,
      originQueue: message.originQueue ?? '',
      reason: message.reason ?? 'none',
      error: message.error === null ? null : errorShape(message.error),
      count: 0,
      firstAt: null,
      lastAt: null,
      trend: to > from ? new Array<number>(SLICES).fill(0) : [],
    };
    causes.set(key, cause);
    cause.count++;
    const at = message.diedAt;
    if (at === null) continue;
    cause.firstAt = Math.min(cause.firstAt ?? at, at);
    cause.lastAt = Math.max(cause.lastAt ?? at, at);
    if (to > from) {
      const slice = Math.min(SLICES - 1, Math.floor(((at - from) / (to - from)) * SLICES));
      cause.trend[slice] = (cause.trend[slice] ?? 0) + 1;
    }
  }
  return sortCauses([...causes.values()]);
}

export function sortCauses(causes: Cause[]): Cause[] {
  return causes.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
}
