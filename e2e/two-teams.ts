/**
 * Two teams on one broker, a vhost each, with the same traffic in both; and a person with the tag `management` who has
 * rights in one of them. Everything of the other team's carries its name, so that one word is enough to search for.
 */
import amqp from 'amqplib';
import { until } from '../test/with-app.ts';
import type { Stage } from './stage.ts';

export const ours = `ours-${process.pid}`;
export const hidden = `hidden-${process.pid}`;
export const lesser = { user: `lesser-${process.pid}`, password: 'lesser' };

export const rights = (stage: Stage, all: boolean) =>
  stage.broker('PUT', `/api/permissions/${ours}/${lesser.user}`, {
    configure: all ? '.*' : '',
    write: all ? '.*' : '',
    read: '.*',
  });

export const amqpOf = (stage: Stage, vhost: string, who?: typeof lesser) => {
  const url = new URL(stage.amqp);
  url.pathname = `/${vhost}`;
  if (who) Object.assign(url, { username: who.user, password: who.password });
  return url.href;
};

export type Team = Awaited<ReturnType<typeof startTeam>>;

/**
 *   ●publish ×6 ──▶ ▭work ──✕ rejected ──▶ ◇dlx ──▶ ▭dead      a consumer of ▭left went away, one message waits there
 */
export async function startTeam(stage: Stage, name: string) {
  await stage.broker('PUT', `/api/vhosts/${name}`, {});
  await stage.broker('PUT', `/api/permissions/${name}/guest`, { configure: '.*', write: '.*', read: '.*' });
  const connect = async (as: string) => {
    const made = await amqp.connect(amqpOf(stage, name), { clientProperties: { connection_name: as } });
    made.on('error', () => undefined);
    return made;
  };
  const connection = await connect(`${name}-worker`);
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange(`${name}.dlx`, 'fanout', { durable: true });
  await channel.assertQueue(`${name}.work`, {
    durable: true,
    arguments: { 'x-dead-letter-exchange': `${name}.dlx` },
  });
  await channel.assertQueue(`${name}.dead`, { durable: true });
  await channel.bindQueue(`${name}.dead`, `${name}.dlx`, '');
  await channel.assertQueue(`${name}.left`, { durable: true });
  await channel.consume(`${name}.work`, (m) => m && channel.reject(m, false), { consumerTag: `${name}-tag` });
  return {
    name,
    /** Six messages die; a consumer of `left` is there from now on, until `leave`. */
    async traffic(): Promise<void> {
      for (let n = 0; n < 6; n++)
        channel.sendToQueue(`${name}.work`, Buffer.from(JSON.stringify({ of: name, n })), {
          messageId: `${name}-m${n}`,
          persistent: true,
          contentType: 'application/json',
          headers: { 'x-exception-message': `${name} refused it` },
        });
      await channel.waitForConfirms();
      await until(
        'six dead letters',
        async () => (await channel.checkQueue(`${name}.dead`)).messageCount >= 6,
      );
    },
    /** A consumer comes; answers what makes it go, without a word of farewell. */
    async loseConsumer(isSeen: () => Promise<boolean>): Promise<void> {
      const other = await connect(`${name}-left`);
      const its = await other.createChannel();
      await its.consume(`${name}.left`, () => undefined, { consumerTag: `${name}-left-tag` });
      await until('the consumer to be seen', isSeen);
      await other.close();
      channel.sendToQueue(`${name}.left`, Buffer.from(name), { messageId: `${name}-waits` });
      await channel.waitForConfirms();
    },
    async declare(queue: string): Promise<void> {
      await channel.assertQueue(queue, { durable: true });
      channel.sendToQueue(queue, Buffer.from(queue), { messageId: queue });
      await channel.waitForConfirms();
    },
    async stop(): Promise<void> {
      await connection.close().catch(() => undefined);
      await stage.broker('DELETE', `/api/vhosts/${name}`);
    },
  };
}
