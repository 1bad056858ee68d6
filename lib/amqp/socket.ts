/** What amqplib keeps below a connection: the socket, by which the broker names it and by which it can be cut off. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ChannelModel } from 'amqplib';

/** How long an orderly close may take before the socket is cut. */
const CLOSE_MS = 2_000;

function field(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}

function socketOf(model: ChannelModel): object | null {
  const socket = field(model.connection, 'stream');
  return typeof socket === 'object' ? socket : null;
}

/**
 * `local:port -> remote:port`; RabbitMQ writes IPv4 bare and IPv6 in brackets. Null when the socket does not tell.
 * Behind a proxy or address translation the broker sees, and names, another address.
 */
export function brokerNameOf(model: ChannelModel): string | null {
  const socket = socketOf(model);
  const end = (side: 'local' | 'remote') => {
    const address = field(socket, `${side}Address`);
    const port = field(socket, `${side}Port`);
    if (typeof address !== 'string' || typeof port !== 'number') return null;
    const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
    return `${plain.includes(':') ? `[${plain}]` : plain}:${port}`;
  };
  const [from, to] = [end('local'), end('remote')];
  return from && to ? `${from} -> ${to}` : null;
}

/** True when it ended between the handshake and the first listener: amqplib then sends no event any more. */
export function isOver(model: ChannelModel): boolean {
  return field(model.connection, 'expectSocketClose') === true;
}

/** Closes in order; cuts the socket when the broker does not answer within 2 s. Never throws. */
export async function shut(model: ChannelModel): Promise<void> {
  const patience = new AbortController();
  const late = delay(CLOSE_MS, undefined, { signal: patience.signal }).then(
    () => {
      const socket = socketOf(model);
      if (socket && 'destroy' in socket && typeof socket.destroy === 'function') socket.destroy();
    },
    () => {},
  );
  await Promise.race([model.close().catch(() => {}), late]);
  patience.abort();
}
