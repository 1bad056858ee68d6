/** The files that tell a private node who and where it is: written anew before each start. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { erlangName } from './broker-command.ts';
import type { PlannedNode } from './broker-record.ts';

export function writeSettings(node: PlannedNode): void {
  const { data, ports, config, plugins, server } = node;
  const everywhere = server.kind === 'docker'; // the container's own loopback is out of reach; Docker publishes on 127.0.0.1
  const ip = everywhere ? '0.0.0.0' : '127.0.0.1';
  const port = everywhere ? { amqp: 5672, management: 15672, prometheus: 15692 } : ports;
  for (const folder of ['mnesia', 'log', 'home', 'etc']) mkdirSync(join(data, folder), { recursive: true });
  writeCookie(join(data, 'home', '.erlang.cookie'), node.cluster?.cookie);
  writeFileSync(join(data, 'etc', 'enabled_plugins'), `[${plugins.join(',')}].\n`);
  writeFileSync(join(data, 'etc', 'env.conf'), "# keeps rabbitmq-env from reading the machine's own file\n");
  const lines = [
    `listeners.tcp.1 = ${ip}:${port.amqp}`,
    `management.tcp.ip = ${ip}`,
    `management.tcp.port = ${port.management}`,
    `prometheus.tcp.ip = ${ip}`,
    `prometheus.tcp.port = ${port.prometheus}`,
    'disk_free_limit.absolute = 50MB',
    `loopback_users.guest = ${!everywhere}`,
    ...peers(node),
    ...config,
  ];
  writeFileSync(join(data, 'etc', 'rabbitmq.conf'), `${lines.join('\n')}\n`);
}

/** The nodes of a cluster share one cookie: Erlang's word for a password between nodes. */
function writeCookie(file: string, shared: string | undefined): void {
  if (shared === undefined && existsSync(file)) return;
  rmSync(file, { force: true }); // it is written read-only
  writeFileSync(file, shared ?? randomBytes(20).toString('hex'), { mode: 0o400 });
}

function peers({ cluster }: PlannedNode): string[] {
  if (!cluster) return [];
  return [
    'cluster_formation.peer_discovery_backend = classic_config',
    ...cluster.members.map(
      (name, i) => `cluster_formation.classic_config.nodes.${i + 1} = ${erlangName(name)}`,
    ),
  ];
}
