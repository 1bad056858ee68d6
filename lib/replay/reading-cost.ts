/**
 * What reading a queue without taking from it costs, by broker version and queue type, and which way of putting
 * messages back is the least harmful. Measured on 3.10.8, 4.0.5 and 4.3.6; versions between follow the older one.
 *
 *                     classic   quorum 3.x           quorum 4.0 - 4.2    quorum 4.3
 *   nack, requeue     free      to the tail, +1      one life            free
 *   close channel     free      order kept, +1       one life            one life
 *
 * "One life": the broker counts a delivery; past the delivery limit it destroys or dead-letters the message.
 */
import { type QueueType, versionParts } from '../model/broker.ts';
import type { ReadingCost } from '../model/replay.ts';

export interface ReadingRules extends ReadingCost {
  /** nack: `basic.nack` multiple with requeue; close: close the channel, which puts everything back in its place. */
  putBack: 'nack' | 'close';
}

/** RabbitMQ's own since 4.0, where neither argument nor policy sets another. */
const DEFAULT_DELIVERY_LIMIT = 20;
/** Never taken by a reader: for crashes of ours, for looking again after a restart, for the owner's next try. */
export const LIVES_KEPT = 4;

const times = (n: number) => (n === 1 ? 'once' : `${n} times`);

/**
 * `deliveryLimit`: by argument or policy, -1 unlimited, null none set. `weakest`: highest `x-delivery-count` seen in the
 * queue, null when nobody has read it yet. A read puts every message back once.
 */
export function readingRules(
  version: string,
  type: QueueType,
  deliveryLimit: number | null,
  weakest: number | null = null,
): ReadingRules {
  if (type === 'stream')
    return free(
      'nack',
      'Reading costs nothing here: a stream keeps its messages and counts nothing, and is read from any place.',
    );
  if (type === 'other')
    return refused('Hoplight does not know this type of queue, nor what reading does to it.');
  if (type === 'classic')
    return free(
      'nack',
      'Reading costs nothing here: a classic queue counts no deliveries. Messages are put back in their place and marked redelivered.',
    );
  const { major, minor } = versionParts(version);
  if (major > 4 || (major === 4 && minor >= 3))
    return free(
      'nack',
      `Reading costs nothing here: a quorum queue on ${major}.${minor} counts it as acquired, not as delivered, and the delivery limit is not touched.`,
    );
  if (major < 4) return quorumBefore4(deliveryLimit, weakest);
  const limit = deliveryLimit ?? DEFAULT_DELIVERY_LIMIT;
  if (limit < 0) return free('nack', 'Reading costs nothing here: this quorum queue has no delivery limit.');
  return counted('nack', limit, weakest, `${major}.${minor}`);
}

function quorumBefore4(deliveryLimit: number | null, weakest: number | null): ReadingRules {
  if (deliveryLimit === null)
    return free(
      'close',
      'Reading costs nothing here: this quorum queue has no delivery limit. Messages keep their place; their delivery count rises by one.',
    );
  if (deliveryLimit < 0)
    return refused(
      'Its delivery limit is -1, which this broker version takes as "destroy at the first return": reading would destroy the messages. Set a positive limit, or none.',
    );
  return counted('close', deliveryLimit, weakest, '3.x');
}

function free(putBack: ReadingRules['putBack'], words: string): ReadingRules {
  return { level: 'none', words, limit: null, putBack };
}

function refused(words: string): ReadingRules {
  return { level: 'refused', words, limit: 0, putBack: 'nack' };
}

function counted(
  putBack: ReadingRules['putBack'],
  deliveryLimit: number,
  weakest: number | null,
  version: string,
): ReadingRules {
  const price = `Each reading costs every message one of its ${deliveryLimit} lives: a quorum queue on ${version} counts a message that is put back as delivered, and destroys or dead-letters it past the limit.`;
  if (weakest === null) return { level: 'counts', words: price, limit: null, putBack };
  const left = Math.max(0, deliveryLimit - weakest);
  if (left <= LIVES_KEPT)
    return {
      level: 'refused',
      words:
        `${price} The weakest message can be put back only ${left === 0 ? 'not once more' : `${times(left)} more`}: it is not read, so that it lives.`.replace(
          'only not once more',
          'not once more',
        ),
      limit: left,
      putBack,
    };
  return { level: 'counts', words: `${price} The weakest has ${left} left.`, limit: left, putBack };
}
