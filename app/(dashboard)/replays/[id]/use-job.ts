'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { openEvents } from '@/app/_live/events';
import { usePageSeen } from '@/app/_live/page-seen';
import { type ApiState, useApi } from '@/app/_live/query';
import type { ReplayAnswer, ReplayEvent } from '@/lib/model/api';

/** While the stream does not answer, ms. */
const POLL = 1_000;

/** One job, kept fresh by its events; by asking again and again while these do not come. */
export function useJob(id: string): ApiState<ReplayAnswer> {
  const client = useQueryClient();
  const url = `/api/replays/${encodeURIComponent(id)}`;
  const [open, setOpen] = useState(false);
  const seen = usePageSeen();
  const state = useApi<ReplayAnswer>(['replay', id], url, { keep: false, ...(open ? {} : { every: POLL }) });
  useEffect(() => {
    if (!seen) return;
    const end = openEvents<ReplayEvent>(`${url}/events`, 'replay', {
      onEvent: (event) =>
        client.setQueryData<ReplayAnswer>(['replay', id], (old) => ({
          ...event,
          messages: old?.messages ?? [],
        })),
      onState: (next) => setOpen(next === 'open'),
      // the asking says it in its own words
      onProblem: () => undefined,
    });
    return () => {
      end();
      setOpen(false);
    };
  }, [client, id, url, seen]);
  return state;
}
