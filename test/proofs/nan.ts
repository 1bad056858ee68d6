/**
 * A dead letter with a header that is NaN: no broker takes one over AMQP 0-9-1, so the proxy makes it one on its way to the
 * reader. What the reader then sends back is what a broker answers by closing the whole connection.
 */
import type { Toxic } from '../fault-proxy.ts';
import { doubleHeader, type RawMessage } from './random-message.ts';
import { HEADERS, joinParts, long } from './wire-parts.ts';

const MARK = '4024000000000001';
const NAN = '7ff8000000000000';
const before = doubleHeader('weight', MARK);
const after = doubleHeader('weight', NAN);

/** `count` messages with the bodies n0, n1, …; those at `at` become poison by `nanOnTheWay`. */
export function poisonMessages(count: number, at: readonly number[]): RawMessage[] {
  return Array.from({ length: count }, (_, n) => {
    const weight = at.includes(n) ? before : doubleHeader('weight', '4024000000000000');
    const raw = joinParts(new Map([[HEADERS, long(weight)]]));
    return { raw, body: Buffer.from(`n${n}`) };
  });
}

export const nanOnTheWay: Toxic = (frame, out) => {
  const at = frame.indexOf(before);
  if (at < 0) return out.write(frame);
  const changed = Buffer.from(frame);
  after.copy(changed, at);
  return out.write(changed);
};
