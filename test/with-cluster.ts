/** A real cluster of three for a test file: nodes of its own, since it kills them. */
import { afterAll } from 'vitest';
import { startCluster, stopCluster } from '../script/lib/broker-cluster.ts';
import { answer, listNodes, restartNode, runningNode, stopNode } from '../script/lib/broker-node.ts';
import { nodeName, runVariable } from './broker-run.ts';

export interface ClusterMember {
  /** As RabbitMQ calls it. */
  node: string;
  /** With credentials and the vhost '/'. */
  amqp: string;
  management: string;
  /** One call of this node's management API. */
  api: (method: string, path: string, body?: unknown) => Promise<unknown>;
  isRunning: () => boolean;
  kill: () => Promise<void>;
  restart: () => Promise<void>;
  /** Its process stands still, as if its network were cut: it answers nothing and closes nothing; `false` lets it go on. */
  suspend: (yes: boolean) => void;
}

export interface TestCluster {
  version: string;
  user: string;
  password: string;
  members: [ClusterMember, ClusterMember, ClusterMember];
  /** Of all nodes, with commas. */
  amqp: string;
  management: string;
}

/** Call it at the top level of a test file. Its nodes go after the file's last test. */
export async function withCluster(
  version: string,
  more: { plugins?: string[]; config?: string[] } = {},
): Promise<TestCluster> {
  const run = Number(process.env[runVariable]);
  if (!run) throw new Error('withCluster() works under `vitest --project integration` only');
  const name = nodeName(run, 'cluster');
  const records = await startCluster(3, { ...more, version, name, owner: run });
  afterAll(async () => {
    await stopCluster(name, { kill: true, wipe: true });
  });
  const members = records.map((record): ClusterMember => {
    const { management, user, password, amqp } = answer(record);
    return {
      node: `${record.name.replaceAll('.', '-')}@localhost`,
      amqp: amqp.replace('://', `://${user}:${password}@`),
      management,
      api: async (method, path, body) => {
        const response = await fetch(`${management}${path}`, {
          method,
          headers: {
            authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
            'content-type': 'application/json',
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
        return text === '' ? undefined : JSON.parse(text);
      },
      isRunning: () => listNodes().some((one) => one.name === record.name),
      kill: async () => {
        await stopNode(record.name, { kill: true });
      },
      restart: async () => {
        await restartNode(record.name);
      },
      suspend: (yes) => {
        process.kill(runningNode(record.name).broker.pid, yes ? 'SIGSTOP' : 'SIGCONT');
      },
    };
  });
  const [one, two, three] = members;
  const [first] = records;
  if (!one || !two || !three || !first) throw new Error('the cluster has not three nodes');
  const { user, password } = answer(first);
  return {
    version: first.server.version,
    user,
    password,
    members: [one, two, three],
    amqp: members.map((m) => m.amqp).join(),
    management: members.map((m) => m.management).join(),
  };
}
