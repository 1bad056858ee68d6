/**
 * Whether the rest may follow: judged by what became of the first few copies. Pure.
 *
 *   sent ──▶ all settled ─────────────────────────────▶ passed
 *        ├─▶ one died again, came back, is unknown ───▶ stop, at once
 *        └─▶ time is over ─┬─ one not delivered, or no span where spans came before ─▶ stop
 *                          ├─ deaths cannot be seen: look into the dead letters, else ▶ stop
 *                          └─ delivered, not died again, nobody sends spans ──────────▶ passed, and says so
 */
import type { Canary, ReplayMessage } from '../model/replay.ts';
import { SPAN_FAILED } from './stands.ts';
import { tookWords } from './took.ts';

/** A copy of the canary, with what its target lets be known. */
export interface CanaryCopy extends Pick<ReplayMessage, 'outcome' | 'reason' | 'at'> {
  queue: string;
  /** The queue's consumers report spans, as earlier attempts of the same message show. */
  spans: boolean;
  /**
   * How a death out of its queue would be known. seen: a tap tells · ask: by reading the dead letters, not done yet · looked:
   * they were read, it is not among them · hidden: in no way · none: nothing dies there, what is rejected is gone unseen
   */
  deaths: 'seen' | 'ask' | 'looked' | 'hidden' | 'none';
}

/** wait: until then (ms since 1970) nothing is decided unless something happens. */
export type CanaryVerdict =
  | { kind: 'wait'; until: number }
  | { kind: 'look' }
  | { kind: 'passed' | 'stop'; words: string };

/** `copies`: those that were sent, all answered, the last at `sentAt`. Each may take so long to be delivered, and then to end. */
export function judgeCanary(
  copies: readonly CanaryCopy[],
  sentAt: number,
  now: number,
  { waitSeconds }: Pick<Canary, 'waitSeconds'>,
): CanaryVerdict {
  const all = copies.length;
  const within = tookWords(waitSeconds * 1_000);
  const stop = (which: readonly CanaryCopy[], words: string): CanaryVerdict => ({
    kind: 'stop',
    words: all === 1 ? `Canary ${words}` : `Canary: ${which.length} of ${all} ${words}`,
  });
  const of = (has: (copy: CanaryCopy) => boolean) => copies.filter(has);

  for (const outcome of ['died again', 'returned', 'unknown'] as const) {
    const bad = of((c) => c.outcome === outcome);
    const [first] = bad;
    if (first) return stop(bad, `${wordOf[outcome]}${first.reason === null ? '' : `: ${first.reason}`}`);
  }
  const open = of((c) => c.outcome !== 'settled');
  const who = all === 1 ? 'Canary' : `Canary: all ${all}`;
  if (open.length === 0) {
    const last = Math.max(sentAt, ...copies.map((c) => c.at));
    return { kind: 'passed', words: `${who} settled after ${tookWords(last - sentAt)}` };
  }
  const until = Math.max(sentAt, ...open.map((c) => c.at)) + waitSeconds * 1_000;
  if (now < until) return { kind: 'wait', until };

  const undelivered = open.filter((c) => c.outcome !== 'delivered');
  const failed = open.filter((c) => c.reason?.startsWith(SPAN_FAILED));
  const silent = open.filter((c) => c.spans);
  const hidden = open.filter((c) => c.deaths === 'hidden');
  const queues = (which: readonly CanaryCopy[]) => [...new Set(which.map((c) => c.queue))].join(', ');
  if (undelivered.length > 0)
    return stop(undelivered, `not seen to be delivered out of ${queues(undelivered)} within ${within}`);
  if (failed.length > 0) return stop(failed, `delivered, but ${failed[0]?.reason}`);
  if (silent.length > 0)
    return stop(
      silent,
      `delivered, yet no span came within ${within}, though consumers of ${queues(silent)} send them: settled or held, not known`,
    );
  if (open.some((c) => c.deaths === 'ask')) return { kind: 'look' };
  if (hidden.length > 0)
    return stop(
      hidden,
      `delivered; whether it died again is not known: no spans come from ${queues(hidden)}, and no tap sees what dies there`,
    );
  const rest = open.some((c) => c.deaths === 'none') ? '; nor would a death there be seen' : '';
  return {
    kind: 'passed',
    words: `${who} delivered and not died again within ${within}; no spans come from ${queues(open)}, so settled is not known${rest}`,
  };
}

const wordOf = { 'died again': 'died again', returned: 'came back', unknown: 'has no answer' } as const;
