import type { Session } from '@/lib/auth/session.ts';
import { HoplightError } from '@/lib/model/errors.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, apiHeaders, build } from '../_answer.ts';
import { requireSession } from '../_door.ts';
import { liveStream } from './_stream.ts';

/** Browsers open no more connections than this to one host over HTTP/1.1. */
const MOST_STREAMS = 6;
/** Several people may share a user; signing in again and again must not open streams without end. */
const MOST_OF_USER = 60;
/** Viewers with the same rights share one encoding of a reading for so long; the status corner in it is as old. */
const SHARE_MS = 500;

const streams = new Map<string, number>();
const encoded = new Map<string, { at: number; text: string }>();

/** The live picture as server-sent events, for as long as the session lasts. */
export async function GET(request: Request) {
  return answer(async () => {
    const first = await requireSession(request);
    const { live } = runtime();
    const leave = enter(first);
    let { vhosts } = first;
    const body = liveStream({
      build,
      encode: () => encode(vhosts),
      subscribe: (listener) => live.subscribe(listener),
      async check() {
        ({ vhosts } = await requireSession(request));
      },
      signal: request.signal,
      onEnd: leave,
    });
    return new Response(body, {
      headers: {
        ...apiHeaders,
        'content-type': 'text/event-stream; charset=utf-8',
        // no-transform: compression would hold events back
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      },
    });
  });
}

/** Throws `too_many_requests`; gives how to leave. */
function enter({ id, user }: Session): () => void {
  const limits = [
    { key: `session ${id}`, most: MOST_STREAMS, whose: 'this session' },
    { key: `user ${user}`, most: MOST_OF_USER, whose: user },
  ];
  const full = limits.find(({ key, most }) => (streams.get(key) ?? 0) >= most);
  if (full)
    throw new HoplightError('too_many_requests', `${full.most} live streams of ${full.whose} are open.`, {
      notDone: 'No further stream was opened.',
      next: 'Close a page of Hoplight that you do not need.',
      retryAfterSeconds: 5,
    });
  for (const { key } of limits) streams.set(key, (streams.get(key) ?? 0) + 1);
  return () => {
    for (const { key } of limits) {
      const left = (streams.get(key) ?? 1) - 1;
      if (left > 0) streams.set(key, left);
      else streams.delete(key);
    }
  };
}

function encode(vhosts: readonly string[]): string {
  const { live } = runtime();
  const { readAt, freshness } = live.freshness();
  const key = [readAt, freshness, ...vhosts.toSorted()].join('\u0000');
  const now = performance.now();
  const shared = encoded.get(key);
  if (shared && now - shared.at < SHARE_MS) return shared.text;
  for (const [old, { at }] of encoded) if (now - at >= SHARE_MS) encoded.delete(old);
  const text = JSON.stringify(live.state(vhosts));
  encoded.set(key, { at: now, text });
  return text;
}
