'use client';
import { useApi } from '@/app/_live/query';
import { useNow } from '@/app/_ui/clock';
import type { Latency } from '@/lib/model/api';

/** Slices over the time that is shown: with more, most would hold no message where traffic is thin. */
const POINTS = 40;
/** How often the picture is renewed, ms. */
const EVERY = 5_000;

export interface Stretch {
  /** ms before now, or ms since 1970. */
  from: { ago: number } | { at: number };
  /** ms since 1970; null is now. */
  to: number | null;
}

/** Latency by queue over a stretch of time; of one queue when it is given. */
export function useLatency(vhost: string | null, queue: string | null, { from, to }: Stretch) {
  const now = useNow();
  const params = new URLSearchParams({ points: String(POINTS) });
  if (vhost !== null) params.set('vhost', vhost);
  if (queue !== null) params.set('queue', queue);
  const key = ['latency', params.toString(), JSON.stringify([from, to])];
  if (now !== null) {
    params.set('from', String('ago' in from ? now - from.ago : from.at));
    params.set('to', String(to ?? now));
  }
  return useApi<Latency>(key, now === null ? null : `/api/latency?${params}`, {
    every: to === null ? EVERY : undefined,
  });
}
