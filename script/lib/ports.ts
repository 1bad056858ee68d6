/** Ports on the loopback interface. */
import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { Refusal } from './shell.ts';

/** True when nothing listens on 127.0.0.1:port (or `host`). */
export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether somebody takes connections there. Never takes the port itself, as `isFree` does for a moment. */
export function isTaken(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * `count` different free ports between 20000 and 32000: below Linux's range for outgoing connections, so that
 * a node that restarts finds its ports still free.
 */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let tries = 0; found.size < count && tries < 1000; tries += 1) {
    const port = randomInt(20_000, 32_000);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  if (found.size < count) throw new Refusal('No free ports between 20000 and 32000 on 127.0.0.1.');
  return [...found];
}

/** What answered when `hello` was sent to host:port; undefined when nobody did within `limit` ms. */
export function answerOf(
  host: string,
  port: number,
  hello: Buffer,
  limit = 2000,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const done = (answer?: Buffer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(limit, () => done());
    socket.once('error', () => done());
    socket.once('close', () => done());
    socket.once('connect', () => socket.write(hello));
    socket.once('data', (answer) => done(answer));
  });
}

/** True when an AMQP 0-9-1 broker answers: to the protocol header it sends a method frame (type 1), connection.start. */
export async function speaksAmqp(host: string, port: number): Promise<boolean> {
  const answer = await answerOf(host, port, Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'));
  return answer?.[0] === 1;
}
