/**
 * One viewer's stream of live states.
 *
 *   open ──(viewer leaves, session ends, server stops)──▶ closed
 *
 * The first state goes at once; then one after each change, at most every `everyMs`; and one each `quietMs` at the
 * latest, since a viewer takes silence for a broken line. A slow viewer skips states, it does not pile them up.
 */
export interface StreamDeps {
  /** Sent first, as event `build`: browsers cannot read a stream's headers. Left out, it is not sent. */
  build?: string;
  /** The state as JSON, now. */
  encode: () => string;
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

export function liveStream(d: StreamDeps): ReadableStream<Uint8Array> {
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

  function send(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (ended) return;
    if ((controller.desiredSize ?? 0) <= 0) {
      waiting = true; // until the viewer has read: see pull
      return;
    }
    waiting = false;
    sentAt = performance.now();
    try {
      controller.enqueue(utf8.encode(`${hello}event: live\ndata: ${d.encode()}\n\n`));
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
      send(controller);
    }, wait);
  }

  return new ReadableStream<Uint8Array>({
    start(controller) {
      const leave = () => end(controller);
      if (d.signal.aborted) return leave();
      d.signal.addEventListener('abort', leave, { once: true });
      send(controller);
      unsubscribe = d.subscribe(() => later(controller));
      timers.push(
        setInterval(() => send(controller), d.quietMs ?? 15_000),
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
