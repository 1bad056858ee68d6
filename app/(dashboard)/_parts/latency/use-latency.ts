'use client';
import { useEffect, useState } from 'react';
import { useApi } from '@/app/_live/query';
import { useNow } from '@/app/_ui/clock';
import type { Latency } from '@/lib/model/api';
import { narrowed, slicesOf } from './latency-view';

/** How often the picture is renewed, ms. */
const EVERY = 5_000;

export interface Stretch {
  /** ms before now, or ms since 1970. */
  from: { ago: number } | { at: number };
  /** ms since 1970; null is now. */
  to: number | null;
}

/** Latency by queue over a stretch of time; of one queue when it is given. It begins where something was measured. */
export function useLatency(vhost: string | null, queue: string | null, { from, to }: Stretch) {
  const now = useNow();
  const params = new URLSearchParams();
  if (vhost !== null) params.set('vhost', vhost);
  if (queue !== null) params.set('queue', queue);
  const question = `${params} ${JSON.stringify([from, to])}`;
  const [begun, setBegun] = useState<{ question: string; at: number } | null>(null);
  const begin = begun?.question === question ? begun.at : 0;
  if (now !== null) {
    const slices = slicesOf(Math.max(begin, 'ago' in from ? now - from.ago : from.at), to ?? now);
    for (const [name, value] of Object.entries(slices)) params.set(name, String(value));
  }
  const state = useApi<Latency>(
    ['latency', question, begin],
    now === null ? null : `/api/latency?${params}`,
    {
      every: to === null ? EVERY : undefined,
    },
  );
  const { data, previous } = state;
  useEffect(() => {
    const at = data && !previous ? narrowed(data) : null;
    if (at !== null) setBegun({ question, at });
  }, [data, previous, question]);
  return state;
}
