/** A private node as a container, for machines without apt: published on the loopback interface only. */
import { join } from 'node:path';
import type { PlannedNode } from './broker-record.ts';
import { must, run } from './shell.ts';

const container = (name: string) => `hoplight-${name}`;

/** Starts the container and returns the process ID of its first process, as the machine sees it. */
export async function startContainer(node: PlannedNode): Promise<number> {
  const { name, data, ports, server } = node;
  const publish = (here: number, inside: number) => ['-p', `127.0.0.1:${here}:${inside}`];
  await run('docker', ['rm', '-f', container(name)]); // a container that a crash left behind
  await must('docker', [
    'run',
    '-d',
    '--rm',
    ...['--name', container(name), '--hostname', name],
    ...publish(ports.amqp, 5672),
    ...publish(ports.management, 15672),
    ...publish(ports.prometheus, 15692),
    ...['-v', `${join(data, 'etc', 'rabbitmq.conf')}:/etc/rabbitmq/conf.d/90-hoplight.conf:ro`],
    ...['-v', `${join(data, 'etc', 'enabled_plugins')}:/etc/rabbitmq/enabled_plugins`],
    ...['-v', `${join(data, 'mnesia')}:/var/lib/rabbitmq`],
    server.root,
  ]);
  return Number(await must('docker', ['inspect', '--format', '{{.State.Pid}}', container(name)]));
}

export async function stopContainer(name: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  await run(
    'docker',
    signal === 'SIGTERM' ? ['stop', '-t', '30', container(name)] : ['rm', '-f', container(name)],
  );
}
