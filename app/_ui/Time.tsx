'use client';
import { useNow } from './clock';
import { ago, clock, clockMs, full } from './format';

interface At {
  /** ms since 1970 */
  at: number;
  className?: string;
}

/** "12 s ago", ticking; the absolute time on hover and for machines. For lists of what happened of late. */
export function TimeAgo({ at, className }: At) {
  const now = useNow();
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={now === null ? undefined : full(at)}
      className={className}
    >
      {now === null ? '' : ago(Math.max(0, now - at))}
    </time>
  );
}

/** "10:03:12" in the reader's zone, with the day when it is not today; `ms` adds thousandths. Full time on hover. */
export function Time({ at, ms, className }: At & { ms?: boolean }) {
  const now = useNow();
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={now === null ? undefined : `${full(at)}, ${ago(Math.max(0, now - at))}`}
      className={className}
    >
      {now === null ? '' : ms ? clockMs(at) : clock(at, now)}
    </time>
  );
}
