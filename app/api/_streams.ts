/** How many event streams one session and one user may hold open, of all kinds together. */
import type { Session } from '@/lib/auth/session.ts';
import { HoplightError } from '@/lib/model/errors.ts';

/** Browsers open no more connections than this to one host over HTTP/1.1. */
const MOST_STREAMS = 6;
/** Several people may share a user; signing in again and again must not open streams without end. */
const MOST_OF_USER = 60;

// each route is a bundle of its own, with a copy of this module: the count must be one
const holder: typeof globalThis & { __hoplightStreams?: Map<string, number> } = globalThis;
holder.__hoplightStreams ??= new Map();
const streams = holder.__hoplightStreams;

/** Throws `too_many_requests`; gives how to leave. */
export function enterStream({ id, user }: Pick<Session, 'id' | 'user'>): () => void {
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
