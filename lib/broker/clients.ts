/** The broker's clients as they are now: connections, and consumers by the connection that they are on. */
import type { ManagementClient } from './client.ts';

export interface ClientsNow {
  connections: {
    name: string;
    vhost: string;
    user: string | null;
    client: string | null;
    node: string | null;
  }[];
  consumers: { channelPid: null; connection: string | null; vhost: string; queue: string; tag: string }[];
}

/** Throws as the client does. */
export async function readClients(
  management: Pick<ManagementClient, 'connections' | 'consumers'>,
): Promise<ClientsNow> {
  const [connections, consumers] = await Promise.all([management.connections(), management.consumers()]);
  return {
    connections: connections.flatMap(({ name, vhost, user, client, node }) =>
      vhost === null ? [] : [{ name, vhost, user, client: client.name, node }],
    ),
    consumers: consumers.map(({ connection, vhost, queue, tag }) => ({
      channelPid: null,
      connection: connection || null,
      vhost,
      queue,
      tag,
    })),
  };
}
