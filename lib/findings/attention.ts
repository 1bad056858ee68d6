/** All rules at once, gravest first, and one line a cause: what the overview lists under "Needs a look". Pure. */
import type { Queue } from '../model/broker.ts';
import type { Attention } from '../model/live.ts';
import { attentionKey } from '../model/names.ts';
import type { Judge } from '../model/past.ts';
import { consumersFlapping } from './consumers-flapping.ts';
import { deadLetters } from './dead-letters.ts';
import { dlxLeadsNowhere } from './dlx-leads-nowhere.ts';
import { fold } from './fold.ts';
import { growing } from './growing.ts';
import { nearLimit } from './near-limit.ts';
import { noConsumer } from './no-consumer.ts';
import { alarm, nodeDown, publishersBlocked } from './nodes.ts';
import { queueDown } from './queue-down.ts';
import { redeliveryStorm } from './redelivery-storm.ts';
import { type BrokerRule, type Look, lookAt, type QueueRule } from './rule.ts';
import { unackedStuck } from './unacked-stuck.ts';
import { unknown } from './unknown.ts';

const brokerRules: readonly BrokerRule[] = [nodeDown, alarm, publishersBlocked, dlxLeadsNowhere];
const queueRules: readonly QueueRule[] = [
  queueDown,
  noConsumer,
  consumersFlapping,
  deadLetters,
  redeliveryStorm,
  growing,
  unackedStuck,
  nearLimit,
  unknown,
];

const order: readonly Attention['code'][] = [
  'node_down',
  'alarm',
  'publishers_blocked',
  'queue_down',
  'no_consumer',
  'dead_letters_rising',
  'redelivery_storm',
  'consumers_flapping',
  'growing',
  'unacked_stuck',
  'near_limit',
  'dead_letters',
  'dlx_leads_nowhere',
  'unknown',
];
const levels: readonly Attention['level'][] = ['dead', 'warn', 'unknown'];
const ranks = new Map(order.map((code, rank) => [code, rank]));

export const judge: Judge = (snapshot, past) => {
  const look = lookAt(snapshot, past);
  const ofBroker = past.previous.filter((a) => a.queue === '' || a.code === 'dlx_leads_nowhere');
  const found: Ranked[] = brokerRules.flatMap((rule) => rule(look)).map((a) => ranked(a, 0, ofBroker));
  const byQueue = new Map<Queue, Attention[]>();
  for (const q of look.queues) {
    const its = ofQueue(q, look);
    if (its.length === 0) continue;
    byQueue.set(q, its);
    for (const a of its) found.push(ranked(a, q.total ?? 0, look.before(q)));
  }
  // What is dead before what warns, then the gravest code, then the queue with the most messages.
  const all = found.sort((a, b) => a.rank - b.rank || b.size - a.size).map(({ attention }) => attention);
  return { found: all, lines: fold(all, look, byQueue) };
};

interface Ranked {
  attention: Attention;
  rank: number;
  size: number;
}

/** What lasts keeps its since. `before`: what was said of the same queue, or of the broker. */
function ranked(attention: Attention, size: number, before: readonly Attention[]): Ranked {
  const key = before.length === 0 ? '' : attentionKey(attention);
  const same = before.find((a) => attentionKey(a) === key);
  if (same) attention.since = same.since;
  const rank = ranks.get(attention.code) ?? order.length;
  return { attention, rank: levels.indexOf(attention.level) * 100 + rank, size };
}

function ofQueue(q: Queue, look: Look): Attention[] {
  const found: Attention[] = [];
  for (const rule of queueRules) {
    const one = rule(q, look);
    if (one) found.push({ ...one, vhost: q.vhost, queue: q.name });
  }
  // One failed reading ends no trouble: what was said of it stays until its figures are known, or unknown for long.
  const dark = q.ready === null && q.consumers === null;
  return dark && !found.some((a) => a.code === 'unknown') ? withThose(found, look.before(q)) : found;
}

function withThose(found: Attention[], before: readonly Attention[]): Attention[] {
  const codes = new Set(found.map((a) => a.code));
  return [...found, ...before.filter((a) => !codes.has(a.code) && a.code !== 'dlx_leads_nowhere')];
}
