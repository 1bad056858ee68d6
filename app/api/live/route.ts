import { runtime } from '@/lib/runtime.ts';
import { answer, build } from '../_answer.ts';
import { requireSession } from '../_door.ts';
import { eventStream, streamAnswer } from '../_stream.ts';
import { enterStream } from '../_streams.ts';

/** Viewers with the same rights share one encoding of a reading for so long; the status corner in it is as old. */
const SHARE_MS = 500;

const encoded = new Map<string, { at: number; text: string }>();

/** The live picture as server-sent events, for as long as the session lasts. */
export async function GET(request: Request) {
  return answer(async () => {
    const first = await requireSession(request);
    const { live } = runtime();
    const leave = enterStream(first);
    let { vhosts } = first;
    const body = eventStream({
      event: 'live',
      build,
      encode: () => encode(vhosts),
      subscribe: (listener) => live.subscribe(listener),
      async check() {
        ({ vhosts } = await requireSession(request));
      },
      signal: request.signal,
      onEnd: leave,
    });
    return streamAnswer(body);
  });
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
