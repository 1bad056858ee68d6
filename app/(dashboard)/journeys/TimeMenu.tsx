'use client';
import { askedOf, type Condition } from '../_parts/find/question';
import { TimeRange } from '../_parts/find/TimeRange';
import type { Asking } from './use-question';

/** When it was seen: a while back from now, between two moments, or at any time. */
export function TimeMenu({ asking }: { asking: Asking }) {
  const { question } = asking;
  const put = (from: string | null, to: string | null) => {
    const rest = question.conditions.filter((c) => c.field !== 'from' && c.field !== 'to');
    const times: Condition[] = [
      ...(from === null ? [] : [{ field: 'from' as const, value: from }]),
      ...(to === null ? [] : [{ field: 'to' as const, value: to }]),
    ];
    asking.set({ ...question, conditions: [...rest, ...times] });
  };
  return <TimeRange from={askedOf(question, 'from')} to={askedOf(question, 'to')} onChange={put} />;
}
