/**
 * Dead letters that lie in their queue, and those that grow in number: `dead_letters`, `dead_letters_rising`. Those of muted
 * causes call for nobody; what else lies there does. Where a consumer takes them, they are said once they have lain for half
 * a minute. As many as at this time on other days are not called rising.
 */
import { queueKey } from '../model/broker.ts';
import { change, count, counted, depth, type QueueRule, said, sinceNow, span } from './rule.ts';
import { lettersAreUsual } from './usual.ts';

const WINDOW_MS = 600_000;
/** Its consumer has this long to take one. */
const TAKEN_MS = 30_000;

export const deadLetters: QueueRule = (q, look) => {
  const key = queueKey(q.vhost, q.name);
  if (!q.total || !look.dead.has(key)) return null;
  const muted = look.past.muted?.get(key) ?? 0;
  const open = q.total - muted;
  if (open <= 0) return null;
  const known = look.past
    .points(q.vhost, q.name, WINDOW_MS)
    .flatMap((p) => (depth(p) === null ? [] : [{ at: p.at, depth: depth(p) ?? 0 }]));
  const first = known[0];
  const rose = said(look, q, 'dead_letters_rising') !== undefined;
  const lay = said(look, q, 'dead_letters') !== undefined;
  const late = known.filter((p) => p.at > look.now - TAKEN_MS);
  if (q.consumers && !rose && !lay && late.some((p) => p.depth === 0)) return null;

  const gain = first ? Math.min(open, q.total - first.depth) : 0;
  const letters = `${counted(open, 'dead letter')}${muted > 0 ? ` besides ${count(muted)} muted` : ''}`;
  const since = sinceNow(look, q);
  if (first && gain > 0) {
    const words = `${letters}, ${change(gain)} in ${span(Math.max(look.now - first.at, 1_000))}`;
    const usual = lettersAreUsual(q, look, gain, rose);
    if (usual === false || (usual === null && rose))
      return { code: 'dead_letters_rising', level: 'dead', words, figure: change(gain), since };
    const so = usual ? `${words}, as on other days at this time` : words;
    return { ...lying, words: so, figure: count(open), since };
  }
  // a stream keeps them for good: only new ones call for somebody
  if (q.type === 'stream') return null;
  const words = q.consumers ? `${letters}, ${counted(q.consumers, 'consumer')} at work` : letters;
  return { ...lying, words, figure: count(open), since };
};

const lying = { code: 'dead_letters', level: 'warn' } as const;
