/** What a replay tells the journeys, and what the taps tell of its copies. */
import { createHash } from 'node:crypto';
import type { Fact } from '../model/fact.ts';
import type { ReplayMessage } from '../model/replay.ts';
import type { CopyChange } from '../store/state.ts';
import { type Letter, messageOf } from './letter.ts';

export function replayFact(
  kind: 'replayed' | 'returned',
  sent: { letter: Letter; row: ReplayMessage; at: number },
  who: { jobId: string; by: string; fromQueue: string; vhost: string },
  bodyBytes: number,
  detail?: string,
): Fact {
  const { letter, row, at } = sent;
  return {
    id: `${Math.floor(at).toString(16).padStart(12, '0')}-${row.replayId}-${kind}`,
    kind,
    source: 'replay',
    at,
    precision: 'exact',
    vhost: who.vhost,
    journey: letter.journey,
    ids: { ...letter.ids, replayId: row.replayId },
    fingerprint: letter.fingerprint,
    exchange: row.exchange,
    routingKeys: [row.routingKey],
    queue: who.fromQueue,
    user: who.by,
    deaths: letter.deaths,
    ...(letter.error === null ? {} : { error: letter.error }),
    replay: {
      jobId: who.jobId,
      replayId: row.replayId,
      attempt: row.attempt,
      by: who.by,
      fromQueue: who.fromQueue,
    },
    ...(detail === undefined ? {} : { detail }),
    message: messageOf(letter, bodyBytes),
  };
}

/**
 * A dead letter that was read where it lies: the journey learns of its deaths though nothing listened to them. The same
 * letter gives the same fact at every reading; `nth` counts letters that are alike.
 */
export function readFact(
  letter: Letter,
  at: number,
  where: { vhost: string; queue: string; nth: string },
  bodyBytes: number,
): Fact {
  const { vhost, queue, nth } = where;
  // the death's time is the broker's, whose clock may be ahead of ours
  const time = Math.min(letter.diedAt ?? at, at);
  const hash = createHash('sha256')
    .update(JSON.stringify([vhost, queue, nth]))
    .digest();
  const rest = (hash.readUIntBE(0, 6) % 36 ** 9).toString(36).padStart(9, '0');
  return {
    id: `${Math.floor(time).toString(36).padStart(9, '0')}${rest}`,
    kind: 'delivered',
    source: 'read',
    at,
    precision: 'exact',
    vhost,
    journey: letter.journey,
    ids: letter.ids,
    fingerprint: letter.fingerprint,
    exchange: letter.exchange,
    routingKeys: [letter.routingKey],
    queue,
    ...(letter.deaths.length === 0 ? {} : { deaths: letter.deaths }),
    ...(letter.error === null ? {} : { error: letter.error }),
    message: messageOf(letter, bodyBytes),
  };
}

/**
 * What single facts say of replayed copies. A replay takes `x-death` off, so a copy that carries deaths has died since: such
 * a delivery comes from a dead-letter queue and is no success. One out of a queue where it died came back by itself, through
 * a retry queue: what that means its journey tells.
 */
export function copiesIn(
  facts: readonly Fact[],
  whoTook: (fact: Fact) => string | null = () => null,
): CopyChange[] {
  return facts.flatMap((fact): CopyChange[] => {
    const { replayId } = fact.ids;
    if (replayId === undefined || fact.source === 'replay') return [];
    const base = { replayId, at: fact.at };
    if (fact.kind === 'settled') return [{ ...base, outcome: 'settled', reason: null }];
    if (cameBack(fact)) return [];
    const death = fact.deaths?.[0];
    if (fact.kind === 'died' || death) {
      const why = [death?.reason, fact.error].filter(Boolean).join(': ');
      // a dead letter that is met later died when the broker says
      const at = fact.kind === 'died' ? fact.at : (death?.at ?? fact.at);
      return [{ ...base, at, outcome: 'died again', reason: why || null }];
    }
    return fact.kind === 'delivered' ? [{ ...base, outcome: 'delivered', reason: whoTook(fact) }] : [];
  });
}

/** It was given to a consumer of a queue in which it died before. */
export function cameBack(fact: Fact): boolean {
  if (fact.kind !== 'delivered' || fact.source === 'read') return false;
  return fact.deaths?.some((death) => death.queue === fact.queue) ?? false;
}
