import type { Fact } from '../model/fact.ts';
import type { Hop } from '../model/journey.ts';
import type { CopyDeath } from './copies.ts';
import type { Publish } from './publishes.ts';
import { operationOf } from './span-words.ts';

const DIED: Record<string, string> = {
  rejected: 'a consumer rejected it without requeue',
  expired: 'its time to live ran out',
  maxlen: 'the queue was over its length limit',
  delivery_limit: 'it was returned to the queue more often than the delivery limit allows',
};

/** Why we say that a hop happened: one sentence each, without a final full stop inside lists. */
export const why = {
  publish({ fact, ours, replay, tapped, answer }: Publish): string {
    if (fact.source === 'otlp')
      return `${spanOf(fact)} says so; no tap saw it. The time is the service’s own.`;
    const who = replay
      ? 'A replay of Hoplight sent this copy'
      : ours
        ? 'Hoplight published it'
        : 'The firehose tap saw the publish';
    const saw = (ours || replay) && tapped ? ', and the firehose tap saw it' : '';
    const said = answer ? ` The broker's answer: ${answerWords(answer)}.` : '';
    const time = ours || replay ? 'the time is exact' : 'the time is when the tap had it';
    return `${who}${saw}; ${time}.${said}`;
  },

  returned(answer: Fact | null, exchange: string): string {
    if (answer) return `The broker returned it to our publisher: ${answer.detail ?? 'no queue took it'}.`;
    const name = exchange === '' ? 'the default exchange' : `exchange ${exchange}`;
    return `The firehose tap saw that ${name} routed it to no queue. Whether its publisher asked to get it back is not visible.`;
  },

  unseenPublish(replay: boolean, death: boolean): string {
    const how = death
      ? 'x-death names the exchange and key with which it had been published'
      : 'a delivery carries the exchange and key with which it had been published';
    const what = replay
      ? 'Its replay was not seen; the x-replay-id header tells of it'
      : 'Its publish was not seen';
    return `${what}: ${how}. When is not known.`;
  },

  queue(q: {
    proof: 'delivered' | 'replayed' | 'read' | null;
    routed: boolean;
    named: boolean;
    death: CopyDeath | null;
    came: Hop | null;
  }): string {
    const routed = q.routed ? 'The firehose names this queue among those it was routed to' : '';
    if (q.proof === 'delivered')
      return `${routed ? `${routed}, and it` : 'It'} was delivered from this queue, so it had waited in it.`;
    if (q.proof === 'replayed') return 'The replay took it from this queue, so it had waited in it.';
    if (q.proof === 'read') return 'Hoplight read it in this queue.';
    if (q.named)
      return 'The default exchange routes to the queue named by the key. The broker names it even when no such queue exists, and no delivery was seen yet.';
    if (routed) return q.death ? `${routed}.` : `${routed}. No delivery was seen yet.`;
    if (q.death) return 'x-death says that it died in this queue, so it had waited in it.';
    if (q.came?.kind === 'death' || q.came?.kind === 'retry')
      return 'The dead-letter exchange routes to this queue now. No delivery was seen yet.';
    return 'Its exchange routes to this queue. No delivery was seen yet.';
  },

  delivered(fact: Fact, first: boolean): string {
    if (fact.source === 'otlp')
      return `${spanOf(fact)} says that it processed the message; no tap saw the delivery. The time is the service’s own.`;
    const again =
      first && fact.redelivered
        ? ' The broker calls it redelivered: an earlier delivery was not seen, or the flag came with it.'
        : '';
    return `The firehose tap saw the delivery; the time is when the tap had it.${again} Acks cannot be seen.`;
  },

  /** `before`, `after`: the deliveries around it; quorum queues write how often the message was tried into it. */
  requeued(before: Fact, after: Fact): string {
    if (after.source === 'otlp')
      return 'A second consumer’s span of the same message in this queue: it was handed out again. When is not known.';
    const failed = countIn(after, 'x-delivery-count');
    const acquired = countIn(after, 'x-acquired-count');
    const counted = failed !== null && failed > (countIn(before, 'x-delivery-count') ?? 0);
    const how =
      acquired === null
        ? 'it was requeued, or its consumer’s channel or connection went away'
        : counted
          ? 'it was rejected with requeue, or its consumer’s channel or connection went away'
          : 'it was given back (nack with requeue), which does not count towards the delivery limit';
    const count = counted
      ? ` The queue counts ${failed} failed ${failed === 1 ? 'delivery' : 'deliveries'}.`
      : '';
    const waited = acquired !== null && after.at - before.at >= DELAYED_MS ? DELAYED : '';
    return `The next delivery says redelivered: ${how}.${count}${waited} When is not known.`;
  },

  republished(): string {
    return 'A message of the same ID was published again after this delivery, and came back to this queue: its consumer sent it round for another try.';
  },

  parked(queue: string): string {
    return `A service put it into ${queue} itself, which holds dead letters; the broker did not dead-letter it, so no x-death says why.`;
  },

  died(death: CopyDeath, seen: boolean, noTime: boolean): string {
    const { reason, count } = death.newest;
    const cause = DIED[reason] ?? `the broker's reason is ${reason}`;
    const nth = count > 1 ? `, for the ${ordinal(count)} time here` : '';
    if (seen) return `The dead-letter tap got its copy of the dead letter: ${cause}${nth}.`;
    const time = noTime
      ? 'x-death gives the time of the first such death only.'
      : 'x-death gives whole seconds.';
    return `Read off x-death that the message carried later: ${cause}${nth}. ${time}`;
  },

  settled(fact: Fact): string {
    if (fact.span && operationOf(fact.span) === 'settle')
      return `${spanOf(fact)} says that the consumer settled the message; the time is the service’s own.`;
    return fact.source === 'otlp'
      ? 'The consumer’s span ended without error; the ack itself cannot be seen. The time is the service’s own.'
      : 'Its consumer said that it was done with it.';
  },
};

/** From here on the time between two deliveries may be the queue's doing (RabbitMQ 4.3 and later, quorum queues). */
const DELAYED_MS = 1_000;
const DELAYED = ' It was away for a while: the queue may be set to delay retries, or the consumer held it.';

function countIn(fact: Fact, name: string): number | null {
  const value = fact.message?.headers.findLast((h) => h.name === name)?.value;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** "The span orders publish of checkout-api". */
function spanOf({ span }: Fact): string {
  if (!span) return 'A service’s span';
  return `The span “${span.name}”${span.service ? ` of ${span.service}` : ''}`;
}

function answerWords(answer: Fact): string {
  if (answer.kind === 'confirmed') return 'confirmed, a queue has it';
  if (answer.kind === 'returned') return `returned, ${answer.detail ?? 'no queue took it'}`;
  if (answer.kind === 'refused') return `refused${answer.detail ? `, ${answer.detail}` : ''}`;
  return `none came${answer.detail ? `, ${answer.detail}` : ''}`;
}

/** 1st, 2nd, 3rd, 11th … */
export function ordinal(n: number): string {
  const tens = n % 100;
  if (tens >= 11 && tens <= 13) return `${n}th`;
  return `${n}${['th', 'st', 'nd', 'rd'][n % 10] ?? 'th'}`;
}
