/**
 * Asks the broker whether this user may publish somewhere, without sending a message: a publish within a transaction (class
 * tx of AMQP 0-9-1) that is rolled back. The broker checks the exchange's and, for topic exchanges, the key's permission
 * when the publish comes in, and routes nothing before the commit, which never comes. Seen on 3.10.8, 4.0.5 and 4.3.6: no
 * queue gets anything; a firehose shows the publish, so ask on a connection that the tap knows as our own.
 */
import type { Channel } from 'amqplib';
import { closeCause } from './close-causes.ts';
import type { AmqpConnection } from './connection.ts';

export type MayPublish = 'yes' | 'no' | 'unknown';
interface Address {
  exchange: string;
  routingKey: string;
}

/** Class and method numbers, as amqplib joins them. */
const CLASS_TX = 90;
const method = (number: number) => (CLASS_TX << 16) | number;
const SELECT = method(10);
const ROLLBACK = method(30);

/**
 * One answer for each address, in order. Never throws: `unknown` when the exchange is not there, when the broker takes no
 * publishes now (an alarm holds the answer back for longer than `patienceMs`) or the connection is lost.
 */
export async function mayPublish(
  connection: AmqpConnection,
  addresses: readonly Address[],
  patienceMs = 3_000,
): Promise<MayPublish[]> {
  const until = Date.now() + patienceMs;
  // all in one transaction: mostly everything is allowed
  const together = await ask(connection, addresses, until);
  if (together === 'yes' || addresses.length <= 1) return addresses.map(() => together);
  const answers: MayPublish[] = [];
  for (const address of addresses) answers.push(await ask(connection, [address], until));
  return answers;
}

async function ask(
  connection: AmqpConnection,
  addresses: readonly Address[],
  until: number,
): Promise<MayPublish> {
  const left = until - Date.now();
  if (left <= 0) return 'unknown';
  const timer = Promise.withResolvers<MayPublish>();
  const timeout = setTimeout(() => timer.resolve('unknown'), left);
  return Promise.race([tried(connection, addresses), timer.promise]).finally(() => clearTimeout(timeout));
}

async function tried(connection: AmqpConnection, addresses: readonly Address[]): Promise<MayPublish> {
  try {
    const channel = await connection.channel();
    await call(channel, SELECT);
    for (const { exchange, routingKey } of addresses)
      channel.publish(exchange, routingKey, Buffer.alloc(0), { mandatory: false });
    await call(channel, ROLLBACK);
    await channel.close();
    return 'yes';
  } catch (error) {
    return closeCause(error).code === 403 ? 'no' : 'unknown';
  }
}

/** amqplib has no word for transactions, but sends whatever method it is told and waits for the answer. */
async function call(channel: Channel, which: number): Promise<void> {
  if (!('rpc' in channel) || typeof channel.rpc !== 'function')
    throw new TypeError('this amqplib keeps its channel in another shape than 2.3.1');
  await channel.rpc(which, {}, which + 1);
}
