/**
 * A private RabbitMQ node: its own name, ports, folder and epmd, on the loopback interface only.
 *
 *   absent ──start──▶ starting ──AMQP and management answer──▶ running ──stop──▶ stopped (folder kept, or wiped)
 *                        └── process ends, or 120 s ──▶ refused, with the end of its log
 *
 * One JSON record a node in the state folder says where it is; a record whose process is gone means stopped.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandIn, environment } from './broker-command.ts';
import { startContainer, stopContainer } from './broker-docker.ts';
import type { NodeRecord, PlannedNode, Ports, Proc } from './broker-record.ts';
import { writeSettings } from './broker-settings.ts';
import { withLock } from './lock.ts';
import { freePorts, isFree, isTaken, speaksAmqp } from './ports.ts';
import { getServer, type Server } from './rabbitmq.ts';
import { Refusal, say, startOf, stateFolder, until } from './shell.ts';

/** What `start` and `list` print. URLs hold no credentials. */
export type NodeAnswer = {
  name: string;
  /** Where it is one of several. */
  cluster?: string;
  version: string;
  amqp: string;
  management: string;
  prometheus: string;
  user: string;
  password: string;
  pid: number;
  data: string;
};

export type StartOptions = {
  version?: string;
  name?: string;
  data?: string;
  /** Lines for rabbitmq.conf, 'key = value'. */
  config?: string[];
  /** Plugins beside management and prometheus. */
  plugins?: string[];
  /** Stop the node when this process ends, however it ends. */
  owner?: number;
};

export const basePlugins = ['rabbitmq_management', 'rabbitmq_prometheus'];
const registry = () => join(stateFolder(), 'brokers');
const recordFile = (name: string) => join(registry(), `${name}.json`);
export const locked = <T>(name: string, work: () => Promise<T>) =>
  withLock(join(registry(), `${name}.lock`), work);

export const isAlive = (proc: Proc | undefined): proc is Proc =>
  proc !== undefined && startOf(proc.pid) === proc.started;

export const isOwnedBy = ({ owner }: NodeRecord, by: Proc) =>
  owner?.pid === by.pid && owner.started === by.started;

export function readRecord(name: string): NodeRecord | undefined {
  try {
    const record: NodeRecord = JSON.parse(readFileSync(recordFile(name), 'utf8')); // written by this file only
    return record;
  } catch {
    return undefined;
  }
}

export function answer(record: NodeRecord): NodeAnswer {
  const { name, server, ports, broker, data } = record;
  return {
    name,
    ...(record.cluster ? { cluster: record.cluster.name } : {}),
    version: server.version,
    amqp: `amqp://127.0.0.1:${ports.amqp}`,
    management: `http://127.0.0.1:${ports.management}`,
    prometheus: `http://127.0.0.1:${ports.prometheus}`,
    user: 'guest',
    password: 'guest',
    pid: broker.pid,
    data,
  };
}

/** The nodes that run now. */
export function listNodes(): NodeRecord[] {
  if (!existsSync(registry())) return [];
  return readdirSync(registry())
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => readRecord(file.slice(0, -'.json'.length)) ?? [])
    .filter((record) => isAlive(record.broker));
}

export const checkName = (name: string) => {
  if (!/^[a-z0-9][a-z0-9.-]{0,40}$/.test(name))
    throw new Refusal(`Not a name for a node: ${name} (a-z, 0-9, . and -).`);
};

/** Starts the node, or answers the one that already runs under this name. */
export async function startNode(options: StartOptions): Promise<NodeRecord> {
  const server = await getServer(options.version);
  const name = options.name ?? `rabbit-${server.version.split('.').slice(0, 2).join('.')}`;
  checkName(name);
  return locked(name, async () => {
    const before = readRecord(name);
    if (before && isAlive(before.broker)) return sameAsAsked(before, server, options);
    if (before?.cluster) return launch(planOf(before));
    const data = resolve(options.data ?? before?.data ?? join(stateFolder(), 'broker-data', name));
    const record = await launch({
      name,
      server,
      data,
      ports: await portsFor(before?.ports),
      config: options.config ?? [],
      plugins: [...basePlugins, ...(options.plugins ?? [])],
      ...(options.owner === undefined ? {} : { owner: procOf(options.owner) }),
    });
    if (record.owner) watchOwner(record.owner, name);
    return record;
  });
}

function sameAsAsked(running: NodeRecord, server: Server, options: StartOptions): NodeRecord {
  const other = (what: string) =>
    new Refusal(
      `The node ${running.name} already runs with another ${what}: stop it first, or choose another --name.`,
    );
  if (running.server.version !== server.version) throw other(`version (${running.server.version})`);
  if (options.data && resolve(options.data) !== running.data) throw other(`data folder (${running.data})`);
  if (options.config?.some((line) => !running.config.includes(line))) throw other('configuration');
  if (options.plugins?.some((plugin) => !running.plugins.includes(plugin))) throw other('set of plugins');
  say(`RabbitMQ ${running.server.version} (${running.name}) already runs`);
  return running;
}

/** The ports of the last run when they are still free, so that clients find the node again. */
export async function portsFor(last: Ports | undefined): Promise<Ports> {
  if (last && (await Promise.all(Object.values(last).map((port) => isFree(port)))).every(Boolean))
    return last;
  const [amqp = 0, management = 0, prometheus = 0, dist = 0, epmd = 0] = await freePorts(5);
  return { amqp, management, prometheus, dist, epmd };
}

/** `running`: the epmd of its port, where one runs already. */
export async function launch(node: PlannedNode, running?: Proc): Promise<NodeRecord> {
  const { name, server, data, ports } = node;
  say(
    `Starting RabbitMQ ${server.version} as ${name}: AMQP ${ports.amqp}, management ${ports.management}, data ${data}`,
  );
  writeSettings(node);
  const log = openSync(join(data, 'log', 'console.log'), 'a');
  let record: NodeRecord;
  if (server.kind === 'docker') {
    record = { ...node, broker: procOf(await startContainer(node)) };
  } else {
    const epmd = running ?? (await startEpmd(node));
    const env = environment(node);
    record = { ...node, epmd, broker: detached(commandIn(node, 'rabbitmq-server', []), env, log) };
  }
  mkdirSync(registry(), { recursive: true });
  writeFileSync(recordFile(name), JSON.stringify(record, null, 2), { mode: 0o600 });
  const began = performance.now();
  const ready = await until(() => readiness(record), 120_000, 200);
  if (ready !== 'ready') {
    const tail = readFileSync(join(data, 'log', 'console.log'), 'utf8')
      .trim()
      .split('\n')
      .slice(-15)
      .join('\n');
    await end(record, 'SIGKILL');
    throw new Refusal(
      `RabbitMQ ${server.version} ${ready ?? 'did not answer within 120 s'}. Its last words:\n${tail}`,
    );
  }
  say(
    `RabbitMQ ${server.version} (${name}) answers after ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
  return record;
}

/** Answers the epmd that serves this node's port already, for another node of its cluster, or a new one. */
export async function startEpmd(node: PlannedNode): Promise<Proc> {
  const shared = listNodes().find((n) => n.ports.epmd === node.ports.epmd && isAlive(n.epmd))?.epmd;
  if (shared) return shared;
  // As our own child: the node would start one that outlives it and listens on every interface.
  const { epmd: port } = node.ports;
  const log = openSync(join(node.data, 'log', 'console.log'), 'a');
  const command = commandIn(node, 'epmd', ['-port', String(port), '-address', '127.0.0.1']);
  const epmd = detached(command, environment(node), log);
  // asked by a connection: to try the port for being free would take it from the epmd that is about to
  if (await until(async () => (await isTaken(port)) || undefined, 10_000)) return epmd;
  throw new Refusal(`epmd did not start: see ${join(node.data, 'log', 'console.log')}`);
}

export function procOf(pid: number): Proc {
  const started = startOf(pid);
  if (started === undefined) throw new Refusal(`Process ${pid} ended at once.`);
  return { pid, started };
}

function detached([command, ...args]: [string, ...string[]], env: NodeJS.ProcessEnv, log: number): Proc {
  const child = spawn(command, args, { env, cwd: '/', detached: true, stdio: ['ignore', log, log] });
  child.on('error', (error) => say(`${command}: ${error.message}`));
  child.unref();
  if (child.pid === undefined) throw new Refusal(`Could not run ${command}.`);
  return procOf(child.pid);
}

/** 'ready' when AMQP and the management API both answer; a sentence when the process is gone; else undefined. */
async function readiness(record: NodeRecord): Promise<string | undefined> {
  if (!isAlive(record.broker)) return 'ended while it started';
  if (!(await speaksAmqp('127.0.0.1', record.ports.amqp))) return undefined;
  try {
    const response = await fetch(`http://127.0.0.1:${record.ports.management}/api/overview`, {
      headers: { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` },
      signal: AbortSignal.timeout(3000),
    });
    await response.body?.cancel();
    return response.status === 200 ? 'ready' : undefined;
  } catch {
    return undefined;
  }
}

/** Ends the node's processes and waits until they are gone; SIGKILL when SIGTERM has not helped within 30 s. */
async function end(record: NodeRecord, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (record.server.kind === 'docker') await stopContainer(record.name, signal);
  for (const proc of [record.broker, record.epmd]) {
    // the last of a cluster takes epmd along
    if (proc === record.epmd && listNodes().some((n) => n.ports.epmd === record.ports.epmd)) continue;
    for (const each of signal === 'SIGTERM' ? (['SIGTERM', 'SIGKILL'] as const) : (['SIGKILL'] as const)) {
      if (!isAlive(proc)) break;
      try {
        process.kill(proc.pid, each);
      } catch {
        break; // gone in between
      }
      await until(() => (isAlive(proc) ? undefined : true), 30_000, 50);
    }
    if (isAlive(proc)) throw new Refusal(`Process ${proc.pid} of ${record.name} could not be stopped.`);
  }
}

/**
 * Stops exactly that node; answers false when it did not run.
 * `kill`: as a crash would (SIGKILL). `wipe`: removes its folder and record too. `owner`: only while it is that owner's.
 */
export async function stopNode(
  name: string,
  how: { kill?: boolean; wipe?: boolean; owner?: Proc } = {},
): Promise<boolean> {
  checkName(name);
  return locked(name, async () => {
    const record = readRecord(name);
    if (!record) return false;
    // Asked under the lock: a new owner may have started the node anew while we waited for it.
    if (how.owner && !isOwnedBy(record, how.owner)) return false;
    const ran = isAlive(record.broker);
    await end(record, how.kill ? 'SIGKILL' : 'SIGTERM');
    if (how.wipe) {
      rmSync(record.data, { recursive: true, force: true });
      rmSync(recordFile(name), { force: true });
    }
    return ran;
  });
}

/** Stops the node if it runs and starts it again: same ports, data and settings. */
export async function restartNode(name: string, how: { kill?: boolean } = {}): Promise<NodeRecord> {
  checkName(name);
  return locked(name, async () => {
    const record = readRecord(name);
    if (!record) throw new Refusal(`There is no node called ${name} (see script/broker list).`);
    await end(record, how.kill ? 'SIGKILL' : 'SIGTERM');
    return launch(planOf(record));
  });
}

export function planOf({ broker: _broker, epmd: _epmd, ...node }: NodeRecord): PlannedNode {
  return node;
}

/** The record of a node, running or not. */
export const knownNode = (name: string): NodeRecord | undefined => readRecord(name);

/** The record of a node that runs; throws a Refusal when there is none. */
export function runningNode(name: string): NodeRecord {
  checkName(name);
  const record = readRecord(name);
  if (!record || !isAlive(record.broker))
    throw new Refusal(`No node called ${name} runs (see script/broker list).`);
  return record;
}

/** A small process of its own that waits for the owner's end (even by SIGKILL) and then stops the node. */
export function watchOwner(owner: Proc, name: string): void {
  const args = [join(import.meta.dirname, 'broker-watch.ts'), String(owner.pid), owner.started, name];
  spawn(process.execPath, args, { detached: true, stdio: 'ignore', cwd: '/' }).unref();
}
