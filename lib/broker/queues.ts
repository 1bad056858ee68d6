/**
 * Queues, read in two ways. `readQueues` takes the full list, whose figures and policies lag up to 7 s behind;
 * `readQueueTotals` takes `disable_stats=true&enable_queue_totals=true`, which shows with hardly any delay what exists,
 * how deep it is and which policy it has, but neither rates nor consumers, nothing of a stream's depth, and of the
 * policy often the name alone.
 */
import { z } from 'zod';
import { type Queue, type QueueType, queueKey, queueTypes } from '../model/broker.ts';
import type { Policy } from './policies.ts';
import { figure, messageStats, ratesOf, table, text, yes } from './wire.ts';

/** Fields to ask for: the list is a fifth of its size with them, and 4.3 adds `policy` and `idle_since`. */
const basics =
  'name,vhost,type,durable,auto_delete,exclusive,state,node,leader,arguments,policy,effective_policy_definition,messages,messages_ready,messages_unacknowledged,delivery_limit';
export const totalsColumns = basics;
export const queueColumns = `${basics},message_bytes,consumers,consumer_utilisation,consumer_capacity,idle_since,${[
  'publish',
  'deliver_get',
  'ack',
  'redeliver',
]
  .map((what) => `message_stats.${what}_details.rate`)
  .join(',')}`;

const wire = z.object({
  name: z.string(),
  vhost: z.string(),
  type: text,
  durable: yes,
  auto_delete: yes,
  exclusive: yes,
  state: text,
  node: text,
  leader: text,
  arguments: table,
  policy: text,
  effective_policy_definition: table,
  messages: figure,
  messages_ready: figure,
  messages_unacknowledged: figure,
  message_bytes: figure,
  consumers: figure,
  consumer_utilisation: figure,
  consumer_capacity: figure,
  delivery_limit: z
    .union([z.number(), z.literal('unlimited')])
    .nullish()
    .catch(null),
  idle_since: text,
  message_stats: messageStats,
});
type Wire = z.infer<typeof wire>;

/** `rates` false: the broker collects none. */
export function readQueues(body: unknown, rates = true): Queue[] {
  return z
    .array(wire)
    .parse(body)
    .map((w) => toQueue(w, rates));
}

export function readQueue(body: unknown, rates = true): Queue {
  return toQueue(wire.parse(body), rates);
}

/** As `readQueues`, but what this list cannot say is null. `policies` give what a policy's name stands for. */
export function readQueueTotals(body: unknown, policies: readonly Policy[] = []): Queue[] {
  const definitions = new Map(policies.map((p) => [queueKey(p.vhost, p.name), p.definition]));
  return z
    .array(wire)
    .parse(body)
    .map((w) => {
      const named = w.policy ? definitions.get(queueKey(w.vhost, w.policy)) : undefined;
      // What the broker itself calls effective comes last, so that it wins.
      const effective = { ...named, ...w.effective_policy_definition };
      return toQueue({ ...w, effective_policy_definition: effective }, false);
    });
}

function toQueue(w: Wire, rates: boolean): Queue {
  const { arguments: args, effective_policy_definition: policy } = w;
  return {
    vhost: w.vhost,
    name: w.name,
    type: typeOf(w),
    durable: w.durable ?? true,
    autoDelete: w.auto_delete ?? false,
    exclusive: w.exclusive ?? false,
    state: w.state,
    node: w.node ?? w.leader,
    ready: w.messages_ready,
    unacked: w.messages_unacknowledged,
    total: w.messages,
    consumers: w.consumers,
    // Without a consumer it is given as 0, which says nothing about consumers.
    utilisation: w.consumers ? (w.consumer_capacity ?? w.consumer_utilisation) : null,
    rates: ratesOf(w.message_stats, rates),
    policy: w.policy || null,
    arguments: args,
    deadLetter: deadLetterOf(args, policy),
    limits: {
      maxLength: lower(args['x-max-length'], policy['max-length']),
      maxLengthBytes: lower(args['x-max-length-bytes'], policy['max-length-bytes']),
      overflow: textOf(args['x-overflow']) ?? textOf(policy.overflow),
      deliveryLimit: deliveryLimitOf(w),
      messageTtlMs: lower(args['x-message-ttl'], policy['message-ttl']),
    },
    bytes: w.message_bytes,
    idleSince: w.idle_since,
  };
}

function typeOf(w: Wire): QueueType {
  const named = w.type ?? textOf(w.arguments['x-queue-type']) ?? 'classic';
  return queueTypes.find((t) => t === named) ?? 'other';
}

/** The argument wins over the policy, though the broker goes on showing the policy's value beside it. */
function deadLetterOf(args: Wire['arguments'], policy: Wire['arguments']): Queue['deadLetter'] {
  const byArgument = textOf(args['x-dead-letter-exchange']);
  const exchange = byArgument ?? textOf(policy['dead-letter-exchange']);
  if (exchange === null) return null;
  const strategy = textOf(args['x-dead-letter-strategy']) ?? textOf(policy['dead-letter-strategy']);
  return {
    exchange,
    routingKey: textOf(args['x-dead-letter-routing-key']) ?? textOf(policy['dead-letter-routing-key']),
    from: byArgument === null ? 'policy' : 'argument',
    ...(strategy === null ? {} : { strategy }),
  };
}

function deliveryLimitOf(w: Wire): number | null {
  if (w.delivery_limit === 'unlimited') return -1;
  return (
    w.delivery_limit ??
    lower(w.arguments['x-delivery-limit'], w.effective_policy_definition['delivery-limit'])
  );
}

/** Where argument and policy both set a limit, the lower one holds. */
function lower(one: unknown, other: unknown): number | null {
  const set = [one, other].filter((v) => typeof v === 'number');
  return set.length === 0 ? null : Math.min(...set);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
