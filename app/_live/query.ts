'use client';
import {
  keepPreviousData,
  type QueryKey,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { Problem } from '@/lib/model/errors';
import { type Call, call, problemOf } from './api';
import { useHydrated } from './hydrated';

export interface ApiState<T> {
  /** The last good answer; kept while a new one is read and when reading fails. */
  data: T | undefined;
  /** Why the last reading failed, null when it did not. */
  problem: Problem | null;
  /** The first answer is on its way. */
  loading: boolean;
  /** `data` answers an earlier question (other filter, other page). */
  previous: boolean;
  again: () => void;
}

/**
 * Reads one door of the API, which answers with a `T`, and keeps it fresh. `every`: read again each so many ms while the page is visible.
 * Give `url` null to wait.
 */
export function useApi<T>(
  key: QueryKey,
  url: string | null,
  { every, keep = true }: { every?: number; keep?: boolean } = {},
): ApiState<T> {
  const hydrated = useHydrated();
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => call<T>(url ?? '', { signal }),
    enabled: url !== null,
    refetchInterval: every ?? false,
    placeholderData: keep ? keepPreviousData : undefined,
  });
  return {
    data: hydrated ? query.data : undefined,
    problem: hydrated && query.error ? problemOf(query.error) : null,
    loading: !hydrated || (query.isPending && query.fetchStatus !== 'idle'),
    previous: query.isPlaceholderData,
    again: () => void query.refetch(),
  };
}

/**
 * A write: `act(body)` posts JSON and resolves with the answer, or null when it was refused (`problem` says why).
 * Never repeated by itself. `then` names what must be read again afterwards.
 */
export function useAct<T, Body = unknown>(
  url: string | ((body: Body) => string),
  { method = 'POST', then = [] }: { method?: Call['method']; then?: readonly QueryKey[] } = {},
) {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: ({ body, headers }: { body: Body; headers?: Call['headers'] | undefined }) =>
      call<T>(typeof url === 'function' ? url(body) : url, {
        method,
        body: method === 'DELETE' ? undefined : body,
        ...(headers ? { headers } : {}),
      }),
    retry: false,
    onSettled: () => Promise.all(then.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return {
    act: (body: Body, headers?: Call['headers']): Promise<T | null> =>
      mutation.mutateAsync({ body, headers }).catch(() => null),
    busy: mutation.isPending,
    data: mutation.data,
    problem: mutation.error ? problemOf(mutation.error) : null,
    reset: mutation.reset,
  };
}
