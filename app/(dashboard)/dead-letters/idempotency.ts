/** A request that is sent twice (a second click, a retry after a broken answer) must begin one job. */

export interface RequestKey {
  /** The request that it stands for, as JSON. */
  body: string;
  key: string;
}

/** The key for this request: the one before while the request is the same, else a new one. */
export function keyFor(request: unknown, last: RequestKey | null): RequestKey {
  const body = JSON.stringify(request);
  if (last?.body === body) return last;
  // randomUUID is there only on https and on this very machine
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return { body, key: [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('') };
}
