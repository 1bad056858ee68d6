/**
 * A subscription to one of our streams of server-sent events.
 *
 *   opening ──first event──▶ open ──broken or silent──▶ lost ──(waits, longer each time)──▶ opening
 *   any ──refused for good (bad filter, not there, signed out, server of another build)──▶ the end, with the problem
 *
 * Not an EventSource: that one hides what the server says when it refuses.
 */
import type { Problem } from '@/lib/model/errors';
import { goToSignIn, isOtherBuild, PAGE_IS_OLD, problemOf } from './api';

export interface EventHandlers<T> {
  onEvent: (event: T) => void;
  onState: (state: 'opening' | 'open' | 'lost') => void;
  /** Null: what was wrong is over. */
  onProblem: (problem: Problem | null) => void;
}

/** Without any event for this long the stream counts as lost, ms; the server sends one every 15 s. */
const SILENCE = 30_000;
const WAITS = [1_000, 2_000, 4_000, 8_000, 15_000];
/** Refusals that another try may not meet again. */
const AGAIN = [429, 502, 503, 504];

/** Opens it and keeps it open; `name` is that of the events, each of which is a `T` as JSON. Returns how to end it. */
export function openEvents<T>(
  url: string,
  name: string,
  { onEvent, onState, onProblem }: EventHandlers<T>,
): () => void {
  const end = new AbortController();
  let tries = 0;

  const events = (event: string, data: string) => {
    if (event === 'build' && isOtherBuild(data)) {
      onProblem(problemOf(new Error(PAGE_IS_OLD)));
      end.abort();
    }
    if (event !== name) return;
    const value: T = JSON.parse(data);
    tries = 0;
    onState('open');
    onProblem(null);
    onEvent(value);
  };
  const once = async (signal: AbortSignal) => {
    const response = await fetch(url, {
      signal,
      cache: 'no-store',
      headers: { accept: 'text/event-stream' },
    });
    if (response.ok && response.body) return readEvents(response.body, signal, events);
    if (response.status === 401) goToSignIn();
    const problem: Problem = await response.json();
    onProblem(problem);
    if (!AGAIN.includes(response.status)) end.abort();
  };
  const keep = async () => {
    while (!end.signal.aborted) {
      onState('opening');
      await once(end.signal).catch(() => undefined);
      if (end.signal.aborted) return;
      onState('lost');
      await pause(WAITS[Math.min(tries++, WAITS.length - 1)] ?? 0, end.signal);
    }
  };
  void keep();
  return () => end.abort();
}
/** Reads events until the stream ends or falls silent. Rejects when it breaks. */
async function readEvents(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  tell: (name: string, data: string) => void,
): Promise<void> {
  const reader = body.getReader();
  const utf8 = new TextDecoder();
  let silence: ReturnType<typeof setTimeout> | undefined;
  const watch = () => {
    clearTimeout(silence);
    silence = setTimeout(() => void reader.cancel().catch(() => undefined), SILENCE);
  };
  watch();
  let text = '';
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      watch();
      const blocks = (text + utf8.decode(part.value, { stream: true })).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const [event = '', data = ''] = block.split('\n');
        if (!signal.aborted) tell(event.slice('event: '.length), data.slice('data: '.length));
      }
    }
  } finally {
    clearTimeout(silence);
    void reader.cancel().catch(() => undefined);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });
}
