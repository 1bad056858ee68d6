/**
 * A queue that has come to 90 % of its length limit, and what the broker does beyond; said until it is below 80 %. Only ready
 * messages count. Not said of streams (theirs is a retention) and of queues that keep the latest few on purpose.
 */
import type { Queue } from '../model/broker.ts';
import { count, type QueueRule, said, sinceNow } from './rule.ts';

const COMES = 0.9;
const STAYS = 0.8;
/** Full is said until it is below this. */
const STAYS_FULL = 0.95;
/** A limit so low, whose oldest are dropped, is a way to keep the latest. */
const LATEST = 10;

interface Fill {
  share: number;
  words: string;
  figure: string;
}

export const nearLimit: QueueRule = (q, look) => {
  const { maxLength, maxLengthBytes } = q.limits;
  if ((maxLength === null && maxLengthBytes === null) || q.type === 'stream') return null;
  if (maxLength !== null && maxLength < LATEST && drops(q)) return null;
  const before = said(look, q, 'near_limit');
  const fill = fuller(byLength(q), byBytes(q));
  if (!fill) return before ?? null;
  if (fill.share < (before ? STAYS : COMES)) return null;
  const full = fill.share >= (before?.level === 'dead' ? STAYS_FULL : 1);
  return {
    code: 'near_limit',
    level: full ? 'dead' : 'warn',
    words: `${fill.words}: ${full ? 'full, and' : 'when full,'} ${beyond(q)}`,
    figure: fill.figure,
    since: sinceNow(look, q),
  };
};

const percent = (share: number) => `${Math.min(100, Math.floor(share * 100))} %`;

function byLength({ ready, limits: { maxLength } }: Queue): Fill | null {
  if (!maxLength || ready === null) return null;
  const share = ready / maxLength;
  return {
    share,
    words: `${percent(share)} of its limit of ${count(maxLength)} messages`,
    figure: `${count(ready)} ready`,
  };
}

/** The broker tells the bytes of all its messages: the ready ones are taken to be of the same size. */
function byBytes({ ready, total, bytes, limits: { maxLengthBytes } }: Queue): Fill | null {
  if (!maxLengthBytes || bytes === null || ready === null || !total) return null;
  const filled = (bytes * ready) / total;
  const share = filled / maxLengthBytes;
  return {
    share,
    words: `${percent(share)} of its limit of ${sized(maxLengthBytes)}`,
    figure: sized(filled),
  };
}

const fuller = (a: Fill | null, b: Fill | null) => (a && b ? (a.share >= b.share ? a : b) : (a ?? b));

function sized(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** unit;
  return `${value < 10 && unit > 0 ? value.toFixed(1) : count(value)} ${units[unit]}`;
}

function drops(q: Queue): boolean {
  return q.limits.overflow === null || q.limits.overflow === 'drop-head';
}

function beyond(q: Queue): string {
  const { overflow } = q.limits;
  if (overflow === 'reject-publish')
    return 'the broker refuses what is published (nack); without confirms its publishers do not notice';
  if (overflow === 'reject-publish-dlx')
    return q.deadLetter
      ? 'the broker refuses what is published (nack) and dead-letters it'
      : 'the broker refuses what is published (nack) and drops it';
  return q.deadLetter
    ? 'each new message pushes the oldest out, as a dead letter'
    : 'each new message drops the oldest for good';
}
