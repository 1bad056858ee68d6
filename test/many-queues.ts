/** Thousands of queues on a private node, as a large broker has them: most at rest, some holding messages, some in use. */
import amqp from 'amqplib';

export interface ManyQueues {
  /** With credentials. */
  amqp: string;
  count: number;
  /** Of them, those that hold ten messages each and nobody consumes. */
  holding: number;
  /** Of them, those that get a message now and then from `send`, and have a consumer. */
  used: number;
}

/** The same broker asked for often is no faster for more channels than this. */
const CHANNELS = 16;

/** `many.00042`: sorted by name they stand in the order of their numbers. */
export const manyName = (number: number): string => `many.${String(number).padStart(5, '0')}`;

/**
 * Declares them, classic and durable, those before `from` left as they are; the first `holding` are filled, the `used`
 * after them wait for `keepInUse`.
 */
export async function declareMany(o: ManyQueues, from = 0): Promise<void> {
  const connection = await amqp.connect(o.amqp);
  connection.on('error', () => undefined);
  try {
    let next = from;
    let full = 0;
    const work = async () => {
      const channel = await connection.createConfirmChannel();
      for (let number = next++; number < o.count; number = next++)
        await channel.assertQueue(manyName(number), { durable: true });
      for (let number = full++; number < o.holding; number = full++)
        for (let i = 0; i < 10; i++) channel.sendToQueue(manyName(number), Buffer.from(`{"i":${i}}`));
      await channel.waitForConfirms();
    };
    await Promise.all(Array.from({ length: CHANNELS }, work));
  } finally {
    await connection.close();
  }
}

export interface InUse {
  stop(): Promise<void>;
}

/** Consumers on the `used` queues, and a message to one after another, `perSecond` in all, until stopped. */
export async function keepInUse(o: ManyQueues, perSecond: number): Promise<InUse> {
  const connection = await amqp.connect(o.amqp);
  connection.on('error', () => undefined);
  const channel = await connection.createChannel();
  await channel.prefetch(50);
  const names = Array.from({ length: o.used }, (_, i) => manyName(o.holding + i));
  for (const name of names)
    await channel.consume(name, (message) => {
      if (message) channel.ack(message);
    });
  let next = 0;
  const timer = setInterval(() => {
    for (let i = 0; i < perSecond / 10; i++) {
      const name = names[next++ % names.length];
      if (name) channel.sendToQueue(name, Buffer.from('{}'));
    }
  }, 100);
  return {
    async stop() {
      clearInterval(timer);
      await connection.close();
    },
  };
}
