/** A real broker for a test file: a private node shared by all files of a worker, and a fresh vhost for this file alone. */
import { randomBytes } from 'node:crypto';
import { afterAll } from 'vitest';
import { answer, restartNode, startNode, stopNode } from '../script/lib/broker-node.ts';
import { brokerVersions, nodeName, quickStatistics, runVariable } from './broker-run.ts';

export { brokerVersions };

export type TestBroker = {
  /** The broker's own version, '3.10.8'. */
  version: string;
  /** Holds a slash, so that a name that was not encoded shows. */
  vhost: string;
  user: string;
  password: string;
  /** AMQP URL with credentials and this vhost. */
  amqp: string;
  /** Management URL without credentials: `http://127.0.0.1:PORT`. */
  management: string;
  /** One call of the management API as guest. `path` begins with /api. Throws on any status of 400 or more. */
  api: (method: string, path: string, body?: unknown) => Promise<unknown>;
  /** Stops the node for every file of the worker (they run one after another) and starts it with the same ports. */
  restart: (how?: { kill?: boolean }) => Promise<void>;
  /** Stops the node; `restart()` brings it back, and so does the end of this file. */
  stopNode: (how?: { kill?: boolean }) => Promise<void>;
};

/** For what is the same on all of them: a node of it runs anyway. */
const anyVersion = brokerVersions[0] ?? '3.10';

function runId(): number {
  const run = Number(process.env[runVariable]);
  if (!run) throw new Error('withBroker() works under `vitest --project integration` only');
  return run;
}

/**
 * Call it at the top level of a test file: `const broker = await withBroker({ version: '4.3' });`.
 * Without a version it takes one of those that run anyway. The vhost goes after the file's last test.
 */
export async function withBroker({ version: asked = anyVersion } = {}): Promise<TestBroker> {
  const run = runId();
  const name = nodeName(run, asked);
  const record = await startNode({ version: asked, name, owner: run, config: quickStatistics });
  const { version, amqp, management, user, password } = answer(record);
  const vhost = `test/${randomBytes(5).toString('hex')}`;
  const inPath = encodeURIComponent(vhost);

  const api: TestBroker['api'] = async (method, path, body) => {
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
  };

  await api('PUT', `/api/vhosts/${inPath}`, {});
  await api('PUT', `/api/permissions/${inPath}/${user}`, { configure: '.*', write: '.*', read: '.*' });

  let stopped = false;
  const restart = async (how: { kill?: boolean } = {}) => {
    await restartNode(name, how);
    stopped = false;
  };
  afterAll(async () => {
    if (stopped) await restart();
    await api('DELETE', `/api/vhosts/${inPath}`);
  });
  return {
    version,
    vhost,
    user,
    password,
    management,
    amqp: `${amqp.replace('amqp://', `amqp://${user}:${password}@`)}/${inPath}`,
    api,
    restart,
    stopNode: async (how = {}) => {
      stopped = true;
      await stopNode(name, how);
    },
  };
}
