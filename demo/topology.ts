/**
 * The demo's exchanges, queues and bindings; every service declares them all, so that the order of starts is free.
 *
 *   orders (topic) ─order.created,order.changed─▶ billing (quorum) ⇄ billing.retry (TTL 8 s, back by its DLX)
 *                  ─order.created─▶ stock.reserve      ─order.paid─▶ invoices (quorum, at most 3 returns)
 *                  ─order.*, stock.*─▶ audit           anything else ─▶ orders.unrouted (alternate) ─▶ unrouted
 *   payments (direct) ─charge─▶ payments.charge
 *   notifications (fanout) ─▶ mail, push
 *   orders.dlx (topic) ─#─▶ orders.dead     billing, stock.reserve, invoices by argument; mail, push by policy
 */
import type { Channel } from 'amqplib';

const dlx = { 'x-dead-letter-exchange': 'orders.dlx' };
const quorum = { 'x-queue-type': 'quorum' };

const queues: Record<string, Record<string, unknown>> = {
  billing: { ...quorum, ...dlx },
  'billing.retry': {
    'x-message-ttl': 8000,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': 'billing',
  },
  'stock.reserve': dlx,
  invoices: { ...quorum, ...dlx, 'x-delivery-limit': 3 },
  'payments.charge': dlx,
  mail: {},
  push: {},
  audit: {},
  unrouted: { 'x-max-length': 10_000 },
  'orders.dead': { 'x-max-length': 50_000 },
};

const bindings: [queue: string, exchange: string, key: string][] = [
  ['billing', 'orders', 'order.created'],
  ['billing', 'orders', 'order.changed'],
  ['stock.reserve', 'orders', 'order.created'],
  ['invoices', 'orders', 'order.paid'],
  ['audit', 'orders', 'order.*'],
  ['audit', 'orders', 'stock.*'],
  ['payments.charge', 'payments', 'charge'],
  ['mail', 'notifications', ''],
  ['push', 'notifications', ''],
  ['unrouted', 'orders.unrouted', ''],
  ['orders.dead', 'orders.dlx', '#'],
];

/** Declares everything; does nothing when it is there. Rejects (406) when something of that name is different. */
export async function declareTopology(channel: Channel): Promise<void> {
  await channel.assertExchange('orders.unrouted', 'fanout', { durable: true });
  await channel.assertExchange('orders', 'topic', { durable: true, alternateExchange: 'orders.unrouted' });
  await channel.assertExchange('orders.dlx', 'topic', { durable: true });
  await channel.assertExchange('payments', 'direct', { durable: true });
  await channel.assertExchange('notifications', 'fanout', { durable: true });
  for (const [queue, args] of Object.entries(queues)) {
    await channel.assertQueue(queue, { durable: true, arguments: args });
  }
  for (const [queue, exchange, key] of bindings) await channel.bindQueue(queue, exchange, key);
}

/**
 * Sets the policy that sends dead letters of `mail` and `push` to orders.dlx. Through the management API, since AMQP
 * cannot; needs the tag policymaker. Throws with the answer's status.
 */
export async function declarePolicy(management: string, amqp: string): Promise<void> {
  const { username, password, pathname } = new URL(amqp);
  const at = new URL(management);
  at.username = '';
  at.password = '';
  const credentials = `${decodeURIComponent(username) || 'guest'}:${decodeURIComponent(password) || 'guest'}`;
  const vhost = pathname.length > 1 ? pathname.slice(1) : '%2F';
  const response = await fetch(
    `${at.href.replace(/\/+$/, '')}/api/policies/${vhost}/notifications-dead-letters`,
    {
      method: 'PUT',
      headers: {
        authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        pattern: '^(mail|push)$',
        'apply-to': 'queues',
        definition: { 'dead-letter-exchange': 'orders.dlx', 'dead-letter-routing-key': 'notification.dead' },
      }),
      signal: AbortSignal.timeout(10_000),
    },
  );
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the management API answered ${response.status}`);
}
