/** Virtual hosts, and the body that changes a vhost's tracing without losing what else is set on it. */
import { z } from 'zod';
import type { Vhost } from '../model/broker.ts';
import { text, yes } from './wire.ts';

const wire = z.object({ name: z.string(), tracing: yes });

export function readVhosts(body: unknown): Vhost[] {
  return z.array(wire).parse(body);
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
