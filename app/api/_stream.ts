/**
 * One viewer's stream of server-sent events.
 *
 *   open ──(viewer leaves, session ends, server stops)──▶ closed
 *
 * The first goes at once; then one after each change, at most every `everyMs`; and one each `quietMs` at the
 * latest, since a viewer takes silence for a broken line. A slow viewer skips some, it does not pile them up: one that
 * reads nothing is held one event and its place among the streams of its session, however long.
 */
import { apiHeaders } from './_answer.ts';

export interface StreamDeps {
  /** The name of the events, unless `encode` says another. */
  event: string;
  /** Sent first, as event `build`: browsers cannot read a stream's headers. Left out, it is not sent. */
  build?: string;
  /**
   * What there is to say, as JSON, or as the bytes of whole events; null when that is nothing. `due`: something must be
   * said, silence has lasted long.
   */
  encode: (due: boolean) => string | { event: string; data: string } | Uint8Array | null;
  subscribe: (listener: () => void) => () => void;
  /** Rejects when the viewer may not go on. */
  check: () => Promise<void>;
  /** When the viewer leaves. */
  signal: AbortSignal;
  /** Once, however it ends. */
  onEnd: () => void;
  everyMs?: number;
  quietMs?: number;
  checkMs?: number;
}

/** Its answer: never cached, never held back. */
export function streamAnswer(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, {
    headers: {
      ...apiHeaders,
      'content-type': 'text/event-stream; charset=utf-8',
      // no-transform: compression would hold events back
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}

export function eventStream(d: StreamDeps): ReadableStream<Uint8Array> {
  const everyMs = d.everyMs ?? 1_000;
  const utf8 = new TextEncoder();
  const timers: NodeJS.Timeout[] = [];
  let soon: NodeJS.Timeout | undefined;
  let unsubscribe = () => {};
  let sentAt = 0;
  let waiting = false;
  let ended = false;
  let hello = d.build === undefined ? '' : `event: build\ndata: ${d.build}\n\n`;

  function end(controller: ReadableStreamDefaultController<Uint8Array> | null): void {
    if (ended) return;
    ended = true;
    for (const timer of timers) clearInterval(timer);
    clearTimeout(soon);
    unsubscribe();
    d.onEnd();
    try {
      controller?.close();
    } catch {
      // the viewer has closed it already
    }
  }

  function send(controller: ReadableStreamDefaultController<Uint8Array>, due: boolean): void {
    if (ended) return;
    if ((controller.desiredSize ?? 0) <= 0) {
      waiting = true; // until the viewer has read: see pull
      return;
    }
    waiting = false;
    sentAt = performance.now();
    try {
      const said = d.encode(due);
      if (said === null) return;
      if (said instanceof Uint8Array) {
        controller.enqueue(said);
        return;
      }
      const { event, data } = typeof said === 'string' ? { event: d.event, data: said } : said;
      controller.enqueue(utf8.encode(`${hello}event: ${event}\ndata: ${data}\n\n`));
      hello = '';
    } catch {
      end(controller); // the server stops: the viewer reconnects by itself
    }
  }

  function later(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (soon || ended) return;
    const wait = Math.max(0, sentAt + everyMs - performance.now());
    soon = setTimeout(() => {
      soon = undefined;
      send(controller, false);
    }, wait);
  }

  return new ReadableStream<Uint8Array>({
    start(controller) {
      const leave = () => end(controller);
      if (d.signal.aborted) return leave();
      d.signal.addEventListener('abort', leave, { once: true });
      send(controller, true);
      if (ended) return;
      unsubscribe = d.subscribe(() => later(controller));
      timers.push(
        setInterval(() => send(controller, true), d.quietMs ?? 15_000),
        setInterval(() => void d.check().catch(leave), d.checkMs ?? 10_000),
      );
    },
    pull(controller) {
      if (waiting) later(controller);
    },
    cancel() {
      end(null);
    },
  });
}
