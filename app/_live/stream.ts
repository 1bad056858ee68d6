/**
 * The one subscription to `/api/live`.
 *
 *   connecting ──first event──▶ open ──error or silence──▶ lost ──event──▶ open
 *                                                           └─ closed by the server: asks who we are; signed out →
 *                                                              sign-in page, else opens anew, waiting longer each time
 *   any ──server of another build──▶ outdated, the end
 *
 * Each stream begins with the whole state (`live`); then come changes of what came before (`change`).
 * EventSource reconnects by itself after a broken connection, but not after an HTTP refusal: that is ours to do.
 */
import type { SessionAnswer } from '@/lib/model/api';
import type { LiveState } from '@/lib/model/live';
import { type LiveChange, withChange } from '@/lib/model/live-change';
import { type LiveWhole, stateOf } from '@/lib/model/live-whole';
import { call, goToSignIn, isOtherBuild } from './api';

/** outdated: the server is of another build than this page; what it sends is not for this page any more. */
export type StreamState = 'connecting' | 'open' | 'lost' | 'outdated';

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
      const answer = await call<SessionAnswer>('/api/session');
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
    // the first event of each stream; headers cannot be read here
    mine.addEventListener('build', (event: MessageEvent<string>) => {
      if (mine !== source || ended || !isOtherBuild(event.data)) return;
      end();
      onState('outdated', Date.now());
    });
    let last: LiveState | null = null;
    const take = (read: () => LiveState | null) => {
      if (mine !== source || ended) return;
      watch();
      try {
        last = read();
      } catch (error) {
        console.error('a live event was not understood', error);
        last = null;
        mine.close();
        lost();
        return later();
      }
      if (last === null) return;
      tries = 0;
      onState('open', Date.now());
      onLive(last);
    };
    mine.addEventListener('live', (event: MessageEvent<string>) => {
      take(() => {
        const whole: LiveWhole = JSON.parse(event.data);
        return stateOf(whole);
      });
    });
    mine.addEventListener('change', (event: MessageEvent<string>) => {
      take(() => {
        const change: LiveChange = JSON.parse(event.data);
        return last && withChange(last, change);
      });
    });
    mine.addEventListener('error', () => {
      if (mine !== source || ended) return;
      lost();
      if (mine.readyState === EventSource.CLOSED) void askWhoWeAre();
    });
    watch();
  }
  function end() {
    ended = true;
    source?.close();
    clearTimeout(timer);
    clearTimeout(silence);
  }
  open();
  return end;
}
