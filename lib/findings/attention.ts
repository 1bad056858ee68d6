/** All rules at once, gravest first: what the overview lists under "Needs a look". Pure. */
import { queueKey } from '../model/broker.ts';
import type { Attention } from '../model/live.ts';
import type { Judge } from '../model/past.ts';
import { alarm } from './alarm.ts';
import { deadLetters } from './dead-letters.ts';
import { dlxLeadsNowhere } from './dlx-leads-nowhere.ts';
import { growing } from './growing.ts';
import { noConsumer } from './no-consumer.ts';
import { queueDown } from './queue-down.ts';
import type { Rule } from './rule.ts';
import { unackedStuck } from './unacked-stuck.ts';
import { unknown } from './unknown.ts';

const rules: readonly Rule[] = [
  alarm,
  queueDown,
  noConsumer,
  deadLetters,
  growing,
  unackedStuck,
  dlxLeadsNowhere,
  unknown,
];

const order: readonly Attention['code'][] = [
  'alarm',
  'queue_down',
  'no_consumer',
  'dead_letters_rising',
  'growing',
  'unacked_stuck',
  'dead_letters',
  'dlx_leads_nowhere',
  'unknown',
];

/** The codes that are one story to its reader keep their `since` when one turns into the other. */
const story = (code: Attention['code']) => (code === 'dead_letters_rising' ? 'dead_letters' : code);

export const judge: Judge = (snapshot, past) => {
  const said = new Map(past.previous.map((a) => [keyOf(a), a.since]));
  const messages = new Map(snapshot.queues.map((q) => [queueKey(q.vhost, q.name), q.total ?? 0]));
  const found = rules
    .flatMap((rule) => rule(snapshot, past))
    .map((found) => {
      const before = said.get(keyOf(found));
      return {
        attention: before === undefined ? found : { ...found, since: before },
        rank: order.indexOf(found.code),
        size: messages.get(queueKey(found.vhost, found.queue)) ?? 0,
      };
    })
    // Worked out before, since thousands of queues may need a look at once.
    .sort((a, b) => a.rank - b.rank || b.size - a.size)
    .map(({ attention }) => attention);
  return { found, lines: found };
};

function keyOf(a: Attention): string {
  // Of one node there may be two alarms, told apart by their words.
  return `${story(a.code)}\u0000${queueKey(a.vhost, a.queue)}${a.queue === '' ? a.words : ''}`;
}
