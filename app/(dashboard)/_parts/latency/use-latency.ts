'use client';
import { useApi } from '@/app/_live/query';
import { useNow } from '@/app/_ui/clock';
import type { Latency } from '@/lib/model/api';
import { slicesOf } from './latency-view';

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
  const params = new URLSearchParams();
  if (vhost !== null) params.set('vhost', vhost);
  if (queue !== null) params.set('queue', queue);
  const key = ['latency', params.toString(), JSON.stringify([from, to])];
  if (now !== null) {
    const slices = slicesOf('ago' in from ? now - from.ago : from.at, to ?? now);
    for (const [name, value] of Object.entries(slices)) params.set(name, String(value));
  }
  return useApi<Latency>(key, now === null ? null : `/api/latency?${params}`, {
    every: to === null ? EVERY : undefined,
  });
}
