/** What stands in the headers of an event of `amq.rabbitmq.event`, as far as it is used. */
import { z } from 'zod';

/** Of what all events tell; what a version leaves out is null. */
const text = z.string().nullish().catch(null);
export const headersSchema = z.object({
  timestamp_in_ms: z.number(),
  user_who_performed_action: text,
  vhost: text,
  name: text,
  user: text,
  user_provided_name: text,
  node: text,
  pid: text,
  connection: text,
  channel: text,
  consumer_tag: text,
  queue: text,
  source: text,
});
export type Headers = z.infer<typeof headersSchema>;
