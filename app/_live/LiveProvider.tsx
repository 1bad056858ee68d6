'use client';
import { QueryClient, QueryClientProvider, skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import type { LiveState } from '@/lib/model/live';
import { ApiError, PAGE_IS_OLD } from './api';
import { useHydrated } from './hydrated';
import { usePageSeen } from './page-seen';
import { type StreamState, subscribe } from './stream';

const LIVE = ['live'] as const;
const STREAM = ['stream'] as const;

export interface Stream {
  state: StreamState;
  /** Since when, ms since 1970. */
  since: number;
}

/** Why the shown state is not fresh when our own stream broke; the broker may be well. */
export const STREAM_LOST = 'this page lost its connection to Hoplight and keeps trying';

function makeClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 1_000,
        // Hoplight often runs on this very machine, which answers without any network
        networkMode: 'always',
        refetchOnWindowFocus: true,
        // what the server refused it will refuse again; what did not answer may
        retry: (failures, error) =>
          failures < 2 && (!(error instanceof ApiError) || [0, 502, 503, 504].includes(error.problem.status)),
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** Gives every screen below the query cache and one subscription to the live state. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient);
  return (
    <QueryClientProvider client={client}>
      <Subscription />
      {children}
    </QueryClientProvider>
  );
}

/** Who looks elsewhere for a moment finds everything as it was, without the whole state anew, ms. */
const HIDDEN_MS = 20_000;

function Subscription() {
  const client = useQueryClient();
  const seen = usePageSeen(HIDDEN_MS);
  useEffect(
    () =>
      seen
        ? subscribe(
            {
              onLive: (state) => client.setQueryData<LiveState>(LIVE, state),
              onState: (state, at) => {
                client.setQueryData<Stream>(STREAM, (old) =>
                  old?.state === state ? old : { state, since: at },
                );
                if (state !== 'lost' && state !== 'outdated') return;
                const reason = state === 'lost' ? STREAM_LOST : PAGE_IS_OLD;
                // what is shown grows old from now on; the next event brings the broker's own word back
                client.setQueryData<LiveState>(LIVE, (old) =>
                  old && old.freshness === 'live' ? { ...old, freshness: 'stale', since: at, reason } : old,
                );
              },
            },
            client.getQueryData(LIVE) !== undefined,
          )
        : undefined,
    [client, seen],
  );
  return null;
}

/** The live state, null until the first event. Its `freshness` is honest about our own stream too. */
export function useLive(): LiveState | null {
  const hydrated = useHydrated();
  const { data } = useQuery<LiveState | null>({
    queryKey: LIVE,
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
  return hydrated && data ? data : null;
}

/** The subscription itself: connecting, open, lost or outdated, and since when. */
export function useStream(): Stream {
  const hydrated = useHydrated();
  const { data } = useQuery<Stream>({
    queryKey: STREAM,
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return hydrated && data ? data : { state: 'connecting', since: 0 };
}
