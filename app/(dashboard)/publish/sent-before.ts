/** What this tab has published, as it is stored. Pure. */
import type { PublishAnswer } from '@/lib/model/api';
import { isRecord, textOf } from './stored';

export interface SentMessage {
  /** ms since 1970 */
  at: number;
  answer: PublishAnswer;
}

const OUTCOMES = ['confirmed', 'returned', 'rejected', 'unknown'] as const;

/** Those that can be read of what was stored, perhaps by an earlier version. */
export function readSent(stored: unknown): SentMessage[] {
  const list: readonly unknown[] = Array.isArray(stored) ? stored : [];
  return list.flatMap((one): SentMessage[] => {
    if (!isRecord(one) || typeof one.at !== 'number' || !isRecord(one.answer)) return [];
    const { answer } = one;
    const outcome = OUTCOMES.find((o) => o === answer.outcome);
    const journey = textOf(answer.journey);
    if (!outcome || !journey) return [];
    return [
      {
        at: one.at,
        answer: {
          outcome,
          words: textOf(answer.words),
          traceId: textOf(answer.traceId),
          messageId: textOf(answer.messageId),
          journey,
          exchange: textOf(answer.exchange),
          routingKey: textOf(answer.routingKey),
          tookMs: typeof answer.tookMs === 'number' ? answer.tookMs : 0,
        },
      },
    ];
  });
}
