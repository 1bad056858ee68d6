import type { LiveState } from '@/lib/model/live.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, build } from '../_answer.ts';
import { requireSession } from '../_door.ts';
import { eventStream, streamAnswer } from '../_stream.ts';
import { enterStream } from '../_streams.ts';
import { createShared, frame } from './_shared.ts';

const shared = createShared((vhosts) => {
  const { live } = runtime();
  const { readAt, freshness } = live.freshness();
  return { of: `${readAt} ${freshness}`, state: () => live.state(vhosts) };
});

/** Browsers cannot read a stream's headers: the build goes first. */
const hello = frame('build', build);

/**
 * The live picture as server-sent events, for as long as the session lasts: first the whole (`live`), then what changed
 * since the event before (`change`).
 */
export async function GET(request: Request) {
  return answer(async () => {
    const first = await requireSession(request);
    const { live } = runtime();
    const leave = enterStream(first);
    let { vhosts } = first;
    let sent: LiveState | null = null;
    let begins = true;
    const body = eventStream({
      event: 'live',
      encode() {
        const now = shared(vhosts, sent);
        sent = now.state;
        if (!begins) return now.frame;
        begins = false;
        return Buffer.concat([hello, now.frame]);
      },
      subscribe: (listener) => live.subscribe(listener),
      async check() {
        const now = (await requireSession(request)).vhosts;
        // other rights: what was sent is no base any more
        if (now.toSorted().join('\u0000') !== vhosts.toSorted().join('\u0000')) sent = null;
        vhosts = now;
      },
      signal: request.signal,
      onEnd: leave,
    });
    return streamAnswer(body);
  });
}
