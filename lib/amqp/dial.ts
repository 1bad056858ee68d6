/** One try to connect to any node of a cluster. */
import { type ChannelModel, connect } from 'amqplib';
import { closeCause } from './close-causes.ts';
import type { AmqpAddress } from './url.ts';

/** How long the TCP and AMQP handshake of one node may take. */
const HANDSHAKE_MS = 5_000;

export interface Dialled {
  model: ChannelModel;
  address: AmqpAddress;
}

/**
 * `first` first, then the others in turn. Throws amqplib's error of the last that was tried: where the broker answered and
 * refused (password, vhost), the other nodes would refuse too. `given up` ends it between two nodes.
 */
export async function dial(
  addresses: readonly AmqpAddress[],
  first: AmqpAddress,
  o: { name: string; heartbeatSeconds: number; givenUp: () => boolean },
): Promise<Dialled> {
  const start = Math.max(0, addresses.indexOf(first));
  for (let i = 1; ; i++) {
    const address = addresses[(start + i - 1) % addresses.length] ?? first;
    try {
      return { model: await dialOne(address, o), address };
    } catch (error) {
      const isOver = i >= addresses.length || o.givenUp();
      if (isOver || closeCause(error).problem !== 'broker_unreachable') throw error;
    }
  }
}

function dialOne(a: AmqpAddress, o: { name: string; heartbeatSeconds: number }): Promise<ChannelModel> {
  return connect(
    {
      protocol: a.tls ? 'amqps' : 'amqp',
      hostname: a.host,
      port: a.port,
      username: a.user,
      password: a.password,
      vhost: encodeURIComponent(a.vhost), // amqplib decodes it
      heartbeat: o.heartbeatSeconds,
    },
    { noDelay: true, timeout: HANDSHAKE_MS, clientProperties: { connection_name: o.name } },
  );
}
