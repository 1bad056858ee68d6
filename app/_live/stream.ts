/**
 * The one subscription to `/api/live`.
 *
 *   connecting ──first event──▶ open ──error or silence──▶ lost ──event──▶ open
 *                                                           └─ closed by the server: asks who we are; signed out →
 *                                                              sign-in page, else opens anew, waiting longer each time
 *
 * EventSource reconnects by itself after a broken connection, but not after an HTTP refusal: that is ours to do.
 */
import { sessionAnswerSchema } from '@/lib/model/api';
import type { LiveState } from '@/lib/model/live';
import { call, goToSignIn } from './api';
import { parseLive } from './parse-live';

export type StreamState = 'connecting' | 'open' | 'lost';

export interface StreamHandlers {
  onLive: (state: LiveState) => void;
  onState: (state: StreamState, at: number) => void;
}

/** Without any event for this long the stream counts as lost, ms. The server sends one every few seconds. */
const SILENCE = 30_000;
const WAITS = [1_000, 2_000, 4_000, 8_000, 15_000];

/** Opens the subscription and keeps it. Returns how to end it. */
export function subscribe({ onLive, onState }: StreamHandlers): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let ended = false;
  let latest = 0;

  const lost = () => onState('lost', Date.now());
  const watch = () => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      lost();
      open();
    }, SILENCE);
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(open, WAITS[Math.min(tries++, WAITS.length - 1)]);
  };
  const askWhoWeAre = async () => {
    try {
      const answer = await call('/api/session', sessionAnswerSchema);
      if (ended) return;
      if (answer.session === null) goToSignIn();
      else later();
    } catch {
      if (!ended) later();
    }
  };
  function open() {
    source?.close();
    if (ended) return;
    source = new EventSource('/api/live');
    const mine = source;
    mine.addEventListener('live', (event: MessageEvent<string>) => {
      const number = ++latest;
      watch();
      parseLive(event.data, () => ended || number !== latest).then(
        (state) => {
          // a newer event came meanwhile, or the stream broke after this one: it is not the present any more
          if (!state || ended || mine !== source || mine.readyState !== EventSource.OPEN) return;
          tries = 0;
          onState('open', Date.now());
          onLive(state);
        },
        (error: unknown) => {
          console.error('a live event was not understood', error);
          lost();
        },
      );
    });
    mine.addEventListener('error', () => {
      if (mine !== source || ended) return;
      lost();
      if (mine.readyState === EventSource.CLOSED) void askWhoWeAre();
    });
    watch();
  }
  open();
  return () => {
    ended = true;
    source?.close();
    clearTimeout(timer);
    clearTimeout(silence);
  };
}
