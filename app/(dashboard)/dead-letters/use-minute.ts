'use client';
import { useNow } from '@/app/_ui/clock';

const MINUTE = 60_000;

/** The present to the minute, ms since 1970: lists that depend on it are not made anew each second. */
export function useMinute(): number {
  const now = useNow() ?? 0;
  return now - (now % MINUTE);
}
