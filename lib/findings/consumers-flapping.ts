/**
 * Consumers that come and go again and again: each loss alone is over before anybody looks. Counted are losses soon after
 * the start; a deployment that replaces one long-lived consumer after the other, or a client that ends as it means to, is
 * none. Said at the fourth within ten minutes, until there was none for ten.
 */
import type { GoneConsumer } from '../model/broker.ts';
import { type QueueRule, said, span } from './rule.ts';

const WINDOW_MS = 600_000;
const COMES = 4;
const STAYS = 1;
/** A consumer that was there for longer had come to stay. */
const SHORT_MS = 300_000;
/** Losses at one reading are one event: a connection takes all its consumers with it. */
const TOGETHER_MS = 5_000;

const meant: readonly GoneConsumer['cause'][] = [
  'cancelled',
  'client closed',
  'queue deleted',
  'broker away',
  'node restarted',
];

export const consumersFlapping: QueueRule = (q, look) => {
  const lost = look.gone(q).filter((g) => g.goneAt > look.now - WINDOW_MS && !meant.includes(g.cause));
  if (lost.length === 0) return null;
  const short = lost.filter((g) => isShort(g, lost));
  const times = new Set(short.map((g) => Math.round(g.goneAt / TOGETHER_MS))).size;
  const last = short[0];
  if (!last || times < (said(look, q, 'consumers_flapping') ? STAYS : COMES)) return null;
  return {
    code: 'consumers_flapping',
    level: 'warn',
    words: `consumers come and go: lost ${times === 1 ? 'once' : `${times} times`} in ${span(WINDOW_MS)}, soon after each start; the last by ${last.cause}${last.code === null ? '' : ` ${last.code}`}`,
    figure: `${times} lost`,
    since: short.at(-1)?.goneAt ?? null,
  };
};

/** It ended soon after its connection began, or its connection lives and loses one channel after the other. */
function isShort(g: GoneConsumer, all: readonly GoneConsumer[]): boolean {
  if (g.connectedAt !== null && g.connectedAt > 0 && g.goneAt - g.connectedAt < SHORT_MS) return true;
  return (
    g.how === 'channel' && all.some((o) => o !== g && o.how === 'channel' && o.connection === g.connection)
  );
}
