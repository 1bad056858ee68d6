/**
 * A TCP proxy before a broker that takes what goes through it apart into AMQP frames, so that a test can do harm at an exact
 * place: `const proxy = await startFaultProxy(broker.amqp, { toBroker: cutAfter(7) })`.
 *
 *   client ──▶ frames ──▶ toxic `toBroker` ──▶ broker
 *          ◀── toxic `toClient` ◀── frames ◀──
 */
import { connect, createServer, type Socket } from 'node:net';

/** Where a toxic puts what it lets pass. */
export interface Out {
  /** Resolves when there is room for more. */
  write(bytes: Buffer): Promise<void>;
  /** This direction ends (FIN); the other one goes on. */
  end(): void;
  /** Both directions end at once; what was written still arrives. `reset`: by RST, so that it may not. */
  cut(how?: 'reset'): void;
}

/** Gets the frames of one direction of one connection in turn, `index` from 0; the next one waits for its promise. */
export type Toxic = (frame: Buffer, out: Out, index: number) => Promise<void> | void;

export const pass: Toxic = (frame, out) => out.write(frame);

export interface Toxics {
  toBroker?: Toxic;
  toClient?: Toxic;
}

export interface FaultProxy {
  /** The URL with this proxy in the place of the broker. */
  url: string;
  /** Frames that came by so far, over all connections. */
  seen: { toBroker: number; toClient: number };
  close(): Promise<void>;
}

/** Takes bytes as they come and gives whole frames. The protocol header that a client begins with counts as one. */
export class FrameCutter {
  #rest: Buffer = Buffer.alloc(0);
  #first: boolean;

  constructor(fromClient: boolean) {
    this.#first = fromClient;
  }

  *push(chunk: Buffer): Generator<Buffer> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let size = this.#size(); size !== null && this.#rest.length >= size; size = this.#size()) {
      const frame = this.#rest.subarray(0, size);
      this.#rest = this.#rest.subarray(size);
      this.#first = false;
      yield frame;
    }
  }

  /** Type, channel, size; payload; end octet. */
  #size(): number | null {
    if (this.#first) return 8;
    return this.#rest.length < 7 ? null : 8 + this.#rest.readUInt32BE(3);
  }
}

/** `toxics` is asked once a connection, so that each has counts of its own. */
export async function startFaultProxy(amqp: string, toxics: () => Toxics = () => ({})): Promise<FaultProxy> {
  const target = new URL(amqp);
  const seen = { toBroker: 0, toClient: 0 };
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const broker = connect({
      port: Number(target.port),
      host: target.hostname,
      allowHalfOpen: true,
      noDelay: true,
    });
    for (const socket of [client, broker]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => open.delete(socket));
    }
    const { toBroker = pass, toClient = pass } = toxics();
    void pump(client, broker, true, toBroker, () => seen.toBroker++);
    void pump(broker, client, false, toClient, () => seen.toClient++);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const url = new URL(amqp);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  return {
    url: url.toString(),
    seen,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

async function pump(from: Socket, to: Socket, fromClient: boolean, toxic: Toxic, count: () => void) {
  const out: Out = {
    write: (bytes) =>
      new Promise((done) => {
        if (to.destroyed || to.writableEnded || to.write(bytes)) return done();
        to.once('drain', done);
        to.once('close', done);
      }),
    end: () => void to.end(),
    cut(how) {
      if (how === 'reset') {
        from.resetAndDestroy();
        to.resetAndDestroy();
      } else {
        from.destroy();
        to.destroySoon();
      }
    },
  };
  const cutter = new FrameCutter(fromClient);
  let index = 0;
  try {
    for await (const chunk of from) {
      for (const frame of cutter.push(chunk)) {
        if (from.destroyed || to.destroyed) return;
        count();
        await toxic(frame, out, index++);
      }
    }
    // a toxic may still hold back what came before: it is behind this in `to`'s own order only when it has no delay
    if (!to.destroyed) to.end();
  } catch {
    to.destroy();
  }
}
