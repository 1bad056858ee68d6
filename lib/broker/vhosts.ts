/** Virtual hosts with what is in them, and the body that changes a vhost's tracing without losing what else is set on it. */
import { z } from 'zod';
import type { Totals, Vhost } from '../model/broker.ts';
import { figure, messageStats, ratesOf, text, yes } from './wire.ts';

export const vhostColumns = `name,tracing,messages,messages_ready,messages_unacknowledged,${[
  'publish',
  'deliver_get',
  'ack',
  'redeliver',
]
  .map((what) => `message_stats.${what}_details.rate`)
  .join(',')}`;

const wire = z.object({
  name: z.string(),
  tracing: yes,
  messages: figure,
  messages_ready: figure,
  messages_unacknowledged: figure,
  message_stats: messageStats,
});

/** With the totals of its queues: of all vhosts together they are those of `/api/overview`, which costs far more. */
export interface CountedVhost extends Vhost {
  /** The messages of a vhost are null where nothing was counted: there never was a queue, or the node has just started. */
  totals?: Totals;
}

export function readVhosts(body: unknown, rates = true): CountedVhost[] {
  return z
    .array(wire)
    .parse(body)
    .map((w) => ({
      name: w.name,
      tracing: w.tracing,
      totals: {
        ready: w.messages_ready,
        unacked: w.messages_unacknowledged,
        total: w.messages,
        ...ratesOf(w.message_stats, rates),
      },
    }));
}

const whole = z.object({
  description: text,
  tags: z.array(z.string()).catch([]),
  default_queue_type: text,
  metadata: z
    .object({ description: text, tags: z.array(z.string()).catch([]), default_queue_type: text })
    .nullish()
    .catch(null),
});

/**
 * The body for `PUT /api/vhosts/V`: that call replaces all metadata, so that `{tracing: true}` alone would erase the
 * description and the tags, and on 4.3 reset the default queue type.
 */
export function tracingBody(vhost: unknown, on: boolean): Record<string, unknown> {
  const w = whole.parse(vhost);
  const type = w.metadata?.default_queue_type ?? w.default_queue_type;
  return {
    tracing: on,
    description: w.metadata?.description ?? w.description ?? '',
    tags: (w.metadata?.tags ?? w.tags).join(','),
    // 3.10 writes 'undefined' where none is set, and would take that for a type.
    ...(type && type !== 'undefined' ? { default_queue_type: type } : {}),
  };
}
