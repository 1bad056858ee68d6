/**
 * Private nodes that form one cluster: NAME-1, NAME-2, … on one unpacked server, with a folder and ports each, one Erlang
 * cookie and one epmd. Each is a node like any other: `stop --name NAME-2 --kill` is the death of one of them.
 */
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import {
  answer,
  basePlugins,
  checkName,
  knownNode,
  launch,
  listNodes,
  locked,
  type NodeAnswer,
  planOf,
  procOf,
  type StartOptions,
  startEpmd,
  stopNode,
  watchOwner,
} from './broker-node.ts';
import type { NodeRecord, PlannedNode } from './broker-record.ts';
import { writeSettings } from './broker-settings.ts';
import { freePorts } from './ports.ts';
import { getServer } from './rabbitmq.ts';
import { Refusal, say, stateFolder, until } from './shell.ts';

/** What `start --nodes` prints. */
export type ClusterAnswer = { name: string; version: string; nodes: NodeAnswer[] };

const FORMED_MS = 60_000;

export function clusterAnswer(name: string, records: readonly NodeRecord[]): ClusterAnswer {
  return { name, version: records[0]?.server.version ?? '', nodes: records.map(answer) };
}

/** The records of a cluster's nodes, running or not; empty when there is no cluster of this name. */
export function clusterNodes(name: string): NodeRecord[] {
  const members = knownNode(`${name}-1`)?.cluster?.members ?? [];
  return members.flatMap((member) => knownNode(member) ?? []).filter((r) => r.cluster?.name === name);
}

/** Starts a cluster of `count` nodes and returns when each knows all others; or answers the one that runs already. */
export async function startCluster(count: number, options: StartOptions): Promise<NodeRecord[]> {
  if (!Number.isInteger(count) || count < 2 || count > 7)
    throw new Refusal('--nodes takes a number from 2 to 7.');
  const server = await getServer(options.version);
  if (server.kind === 'docker')
    throw new Refusal('A cluster needs an unpacked or installed server: Docker runs single nodes only.');
  const name = options.name ?? `cluster-${server.version.split('.').slice(0, 2).join('.')}`;
  checkName(`${name}-${count}`);
  return locked(name, async () => {
    const running = listNodes().filter((node) => node.cluster?.name === name);
    const [first] = running;
    if (first) {
      if (running.length === count && first.server.version === server.version) return running;
      throw new Refusal(
        `A cluster ${name} runs already, with ${running.length} nodes of ${first.server.version}: stop it first.`,
      );
    }
    const nodes = await planned(name, count, server, options);
    const records = await together(name, nodes);
    for (const { owner, name: node } of records) if (owner) watchOwner(owner, node);
    return records;
  });
}

async function planned(
  name: string,
  count: number,
  server: PlannedNode['server'],
  options: StartOptions,
): Promise<PlannedNode[]> {
  const members = Array.from({ length: count }, (_, i) => `${name}-${i + 1}`);
  const cookie = knownNode(`${name}-1`)?.cluster?.cookie ?? randomBytes(20).toString('hex');
  const [epmd = 0, ...ports] = await freePorts(1 + 4 * count);
  return members.map((member, i) => {
    const [amqp = 0, management = 0, prometheus = 0, dist = 0] = ports.slice(4 * i);
    const before = knownNode(member);
    const folder = options.data ? join(options.data, member) : undefined;
    return {
      name: member,
      server,
      data: resolve(folder ?? before?.data ?? join(stateFolder(), 'broker-data', member)),
      ports: { amqp, management, prometheus, dist, epmd },
      config: options.config ?? [],
      plugins: [...basePlugins, ...(options.plugins ?? [])],
      cluster: { name, members, cookie },
      ...(options.owner === undefined ? {} : { owner: procOf(options.owner) }),
    };
  });
}

/** Waits until the nodes see each other running. */
async function formed(records: readonly NodeRecord[]): Promise<void> {
  const all = await until(
    async () => ((await seen(records[0])) === records.length ? true : undefined),
    FORMED_MS,
  );
  if (!all) throw new Refusal(`The nodes did not find each other within ${FORMED_MS / 1000} s.`);
  say(`${records.length} nodes form one cluster`);
}

async function seen(record: NodeRecord | undefined): Promise<number> {
  if (!record) return 0;
  const { management, user, password } = answer(record);
  try {
    const response = await fetch(`${management}/api/nodes?columns=name,running`, {
      headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
      signal: AbortSignal.timeout(3_000),
    });
    const body: unknown = await response.json();
    return Array.isArray(body) ? body.filter((node) => node?.running === true).length : 0;
  } catch {
    return 0;
  }
}

/** Answers how many of its nodes ran. */
export async function stopCluster(
  name: string,
  how: { kill?: boolean | undefined; wipe?: boolean | undefined },
): Promise<number> {
  const ran = await Promise.all(clusterNodes(name).map((node) => stopNode(node.name, how)));
  return ran.filter(Boolean).length;
}

/** Stops all its nodes, then starts them again together: a node alone would wait for the others. */
export async function restartCluster(
  name: string,
  how: { kill?: boolean | undefined },
): Promise<NodeRecord[]> {
  await stopCluster(name, how);
  return together(name, clusterNodes(name).map(planOf));
}

/** All or none: a node that does not come up takes the others along. */
async function together(name: string, nodes: readonly PlannedNode[]): Promise<NodeRecord[]> {
  const [first] = nodes;
  if (!first) throw new Refusal(`There is no cluster called ${name}.`);
  for (const node of nodes) writeSettings(node);
  const epmd = await startEpmd(first);
  try {
    const records = await Promise.all(nodes.map((node) => locked(node.name, () => launch(node, epmd))));
    await formed(records);
    return records;
  } catch (error) {
    await stopCluster(name, { kill: true });
    throw error;
  }
}
