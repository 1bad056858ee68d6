/** Bindings; those of the default exchange are implied by the queues' names and left out. */
import { z } from 'zod';
import type { Binding } from '../model/broker.ts';
import { table } from './wire.ts';

export const bindingColumns = 'source,vhost,destination,destination_type,routing_key,arguments';

const wire = z.object({
  source: z.string(),
  vhost: z.string(),
  destination: z.string(),
  destination_type: z.enum(['queue', 'exchange']),
  routing_key: z.string(),
  arguments: table,
});

export function readBindings(body: unknown): Binding[] {
  return z
    .array(wire)
    .parse(body)
    .filter((w) => w.source !== '')
    .map((w) => ({
      vhost: w.vhost,
      source: w.source,
      destination: w.destination,
      destinationType: w.destination_type,
      routingKey: w.routing_key,
      arguments: w.arguments,
    }));
}
