/**
 * The one subscription to `/api/live`.
 *
 *   connecting ──first event──▶ open ──error or silence──▶ lost ──event──▶ open
 *                                                           └─ closed by the server: asks who we are; signed out →
 *                                                              sign-in page, else opens anew, waiting longer each time
 *   any ──server of another build──▶ outdated, the end
 *
 * The page's own script has opened the first before any of this was loaded (early.ts): it is taken over with what came.
 * Each stream begins with the whole state (`live`); then come changes of what came before (`change`).
 * EventSource reconnects by itself after a broken connection, but not after an HTTP refusal: that is ours to do.
 */
import type { SessionAnswer } from '@/lib/model/api';
import type { LiveState } from '@/lib/model/live';
import { type LiveChange, withChange } from '@/lib/model/live-change';
import { type LiveWhole, stateOf } from '@/lib/model/live-whole';
import { call, goToSignIn, isOtherBuild } from './api';
import { LIVE_EVENTS, LIVE_URL, type LiveEvent, takeEarly } from './early';

/** outdated: the server is of another build than this page; what it sends is not for this page any more. */
export type StreamState = 'connecting' | 'open' | 'lost' | 'outdated';

export interface StreamHandlers {
  onLive: (state: LiveState) => void;
  onState: (state: StreamState, at: number) => void;
}

/** Without any event for this long the stream counts as lost, ms. The server sends one every few seconds. */
const SILENCE = 30_000;
/** What is shown from before a pause counts as old when nothing has come for this long after it, ms. */
const AGAIN = 3_000;
const WAITS = [1_000, 2_000, 4_000, 8_000, 15_000];

/** Opens the subscription and keeps it. Returns how to end it. `again`: the page shows what an earlier one brought. */
export function subscribe({ onLive, onState }: StreamHandlers, again = false): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let ended = false;

  const lost = () => onState('lost', Date.now());
  const late = again ? setTimeout(lost, AGAIN) : undefined;
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
    const early = takeEarly();
    const mine = early?.source ?? new EventSource(LIVE_URL);
    source = mine;
    let last: LiveState | null = null;
    const take = (read: () => LiveState | null) => {
      watch();
      clearTimeout(late);
      try {
        last = read();
      } catch (error) {
        console.error('a live event was not understood', error);
        last = null;
        mine.close();
        source = null;
        lost();
        return later();
      }
      if (last === null) return;
      tries = 0;
      onState('open', Date.now());
      onLive(last);
    };
    const told: Record<LiveEvent, (data: string, readyState: number) => void> = {
      // the first event of each stream; headers cannot be read here
      build(build) {
        if (!isOtherBuild(build)) return;
        end();
        onState('outdated', Date.now());
      },
      live: (data) =>
        take(() => {
          const whole: LiveWhole = JSON.parse(data);
          return stateOf(whole);
        }),
      change: (data) =>
        take(() => {
          const change: LiveChange = JSON.parse(data);
          return last && withChange(last, change);
        }),
      error(_data, readyState) {
        lost();
        if (readyState === EventSource.CLOSED) void askWhoWeAre();
      },
    };
    const hear = (name: LiveEvent, data: string, readyState: number) => {
      if (mine === source && !ended) told[name](data, readyState);
    };
    for (const name of LIVE_EVENTS)
      mine.addEventListener(name, (event) =>
        hear(name, event instanceof MessageEvent ? String(event.data) : '', mine.readyState),
      );
    watch();
    // in the order in which they came; what comes from now on comes after them
    for (const [name, data, readyState] of early?.came ?? []) hear(name, data, readyState);
  }
  function end() {
    ended = true;
    source?.close();
    clearTimeout(timer);
    clearTimeout(silence);
    clearTimeout(late);
  }
  open();
  return end;
}
