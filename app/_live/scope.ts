'use client';
import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

/** `path` with the parameters set or, where null or empty, removed. Pure. */
export function withParams(path: string, params: Record<string, string | null | undefined>): string {
  const [base = '', query = ''] = path.split('?');
  const search = new URLSearchParams(query);
  for (const [name, value] of Object.entries(params)) {
    if (value) search.set(name, value);
    else search.delete(name);
  }
  const text = search.toString();
  return text ? `${base}?${text}` : base;
}

/** The path of a queue's page. Both parts may hold any character, slashes too. */
export function queuePath(vhost: string, name: string): string {
  return `/queues/${encodeURIComponent(vhost)}/${encodeURIComponent(name)}`;
}

/** The vhost to which the reader limited all screens (`?vhost=`), null for all. */
export function useVhost(): string | null {
  return useSearchParams().get('vhost') || null;
}

/** Makes links that keep the vhost scope: `href('/queues')` → `/queues?vhost=%2Fprod`. */
export function useHref(): (path: string) => string {
  const vhost = useVhost();
  return useCallback((path) => withParams(path, vhost ? { vhost } : {}), [vhost]);
}

/**
 * State that lives in the URL: `const [params, setParams] = useUrlState()`. Written in place, without a new entry in
 * the history unless `push`; other parameters stay.
 */
export function useUrlState(): [
  URLSearchParams,
  (changes: Record<string, string | null | undefined>, options?: { push?: boolean }) => void,
] {
  const search = useSearchParams();
  const path = usePathname();
  const set = useCallback(
    (changes: Record<string, string | null | undefined>, { push = false }: { push?: boolean } = {}) => {
      // the address bar, not the hook's last render: two changes in one event must both survive
      const url = withParams(`${path}${location.search}`, changes);
      if (push) history.pushState(null, '', url);
      else history.replaceState(null, '', url);
    },
    [path],
  );
  return [search, set];
}
