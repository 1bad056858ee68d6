/** Which queues a publish would reach now, from the bindings of the last reading. Pure. */
import type { z } from 'zod';
import type { publishTargetsSchema } from '../model/api.ts';
import type { Exchange, Snapshot } from '../model/broker.ts';
import { route } from '../model/topology.ts';

export type Targets = z.infer<typeof publishTargetsSchema>;

/** The types whose routing the bindings tell; plugins bring others. */
const told = new Set(['direct', 'fanout', 'topic']);

export interface TargetsQuestion {
  vhost: string;
  /** '' is the default exchange: its routing key is a queue's name. */
  exchange: string;
  routingKey: string;
}

/** `mayRead`: queues that the asker may not read are counted in the note, not named. */
export function targetsOf(
  snapshot: Snapshot,
  question: TargetsQuestion,
  mayRead: (queue: string) => boolean,
): Targets {
  const { vhost, exchange, routingKey } = question;
  const here = snapshot.exchanges.filter((e) => e.vhost === vhost);
  const found = route(snapshot, vhost, exchange, [routingKey]);
  const queues = found.queues.filter(mayRead).sort();
  const hidden = found.queues.length - queues.length;
  const meant = here.find((e) => e.name === exchange);
  return {
    exists: found.exists,
    queues,
    alternate: found.viaAlternate,
    note: noteOf(snapshot, question, meant, found.exists, found.queues.length, hidden),
    exchanges: here
      .filter((e) => e.name !== '' && !e.internal)
      .map(({ name, type }) => ({ name, type }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function noteOf(
  snapshot: Snapshot,
  { exchange, routingKey }: TargetsQuestion,
  meant: Exchange | undefined,
  exists: boolean,
  reached: number,
  hidden: number,
): string | null {
  const unread = snapshot.missing.find((m) => m.what === 'bindings' || m.what === 'exchanges');
  if (unread) return `It cannot be told: ${unread.what} could not be read (${unread.why}).`;
  if (!exists) return `There is no exchange ${exchange}: the broker would refuse the message.`;
  if (meant?.internal) return 'This exchange is internal: the broker refuses publishes to it.';
  if (meant && !told.has(meant.type)) {
    return meant.type === 'headers'
      ? 'A headers exchange looks at the headers of the message; which queues match is not told here.'
      : `An exchange of type ${meant.type} routes by rules of its own; which queues match is not told here.`;
  }
  if (hidden > 0) return `${hidden} more that you may not read.`;
  if (reached > 0) return null;
  if (exchange !== '') return 'No queue would take it: it would be returned.';
  return routingKey === ''
    ? 'Name a queue.'
    : `There is no queue ${routingKey}: the message would be returned.`;
}
