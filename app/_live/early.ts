/**
 * The live stream, opened by a script within the page before the page's own code is there: the first picture is asked
 * for, worked out and sent while the browser still loads and runs what will draw it.
 *
 *   page arrives ──its script──▶ opened, what comes is kept ──`takeEarly`──▶ the one subscription's (stream.ts)
 *                                            └─ nobody took it in `PATIENCE` ──▶ closed, forgotten
 *
 * There is one at most, and it can be taken once: a page that comes back from the browser's memory, a second mount and
 * each later try open their own, as ever.
 */

/** What the page's script leaves on `window`. */
export interface EarlyStream {
  source: EventSource;
  /** What came, in order: the event's name, its data, and the source's `readyState` as it came. */
  came: [name: LiveEvent, data: string, readyState: number][];
  /** From now on nothing is kept, and the source is its taker's to close. */
  take: () => void;
}

declare global {
  interface Window {
    __hoplightLive?: EarlyStream;
  }
}

export const LIVE_URL = '/api/live';

/** The events of the stream; `error` is the source's own. */
export const LIVE_EVENTS = ['build', 'live', 'change', 'error'] as const;
export type LiveEvent = (typeof LIVE_EVENTS)[number];

/**
 * The stream that nobody takes is closed after this, ms: without the page's code nobody reads it, and it holds one of the
 * few connections that browsers open to one host, for which that code may be waiting.
 */
const PATIENCE = 10_000;

/**
 * The script. Text, since it runs as it stands, before anything is loaded; nothing of it comes from a request. Errors
 * are kept too: a refusal is its taker's to explain.
 */
export const EARLY_SCRIPT = `(() => {
  const source = new EventSource('${LIVE_URL}');
  const names = ${JSON.stringify(LIVE_EVENTS)};
  const came = [];
  const keep = (event) => came.push([event.type, event.data ?? '', source.readyState]);
  const take = () => {
    clearTimeout(timer);
    for (const name of names) source.removeEventListener(name, keep);
    delete window.__hoplightLive;
  };
  const timer = setTimeout(() => {
    take();
    source.close();
  }, ${PATIENCE});
  for (const name of names) source.addEventListener(name, keep);
  window.__hoplightLive = { source, came, take };
})();`;

/** The stream that the page opened, whose taker we are now; null when there is none (any more). */
export function takeEarly(): EarlyStream | null {
  const early = window.__hoplightLive;
  if (!early) return null;
  early.take();
  return early;
}
