/** What every part measures: a private node, the built application, demo traffic. Nothing is left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { z } from 'zod';
import { answer, type NodeAnswer, startNode, stopNode } from '../script/lib/broker-node.ts';
import { root } from '../script/lib/build.ts';
import { say } from '../script/lib/shell.ts';
import { startApp, type TestApp } from '../test/with-app.ts';

export interface Stage {
  node: NodeAnswer;
  /** With credentials. */
  amqp: string;
  app: TestApp;
  /** Value of the session's cookie: what a browser sends. */
  session: string;
  /** Messages per second that the demo was asked for. */
  demoRate: number;
  /** Starts the demo, once; resolves when its journeys show. */
  startDemo(signal: AbortSignal): Promise<void>;
  /** GET of the application as a browser's page makes it, parsed; throws on any status but 200. */
  get<S extends z.ZodType>(path: string, schema: S, signal?: AbortSignal): Promise<z.output<S>>;
  stopDemo(): Promise<void>;
  stop(): Promise<void>;
}

const list = z.object({ journeys: z.array(z.object({ id: z.string() })) });

const isJson = (response: Response) => /json/.test(response.headers.get('content-type') ?? '');

/** The cookie's value. */
export async function signIn(app: TestApp, node: NodeAnswer): Promise<string> {
  const response = await fetch(`${app.url}/api/session`, {
    method: 'POST',
    headers: { origin: app.url, 'content-type': 'application/json' },
    body: JSON.stringify({ user: node.user, password: node.password }),
  });
  await response.body?.cancel();
  const value = /hoplight_session=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1];
  if (!value) throw new Error(`signing in answered ${response.status}`);
  return value;
}

/** Ends a child and waits for it; by force after five seconds. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(force);
}

/** The application must be built. */
export async function startStage(o: { version?: string; demoRate: number }): Promise<Stage> {
  const name = `bench-${process.pid}`;
  const node = answer(
    await startNode({ name, version: o.version, owner: process.pid, plugins: ['rabbitmq_shovel'] }),
  );
  const amqp = node.amqp.replace('amqp://', `amqp://${node.user}:${node.password}@`);
  let app: TestApp | undefined;
  let demo: ChildProcess | undefined;
  const stopDemo = async () => {
    if (demo) await end(demo);
  };
  const stop = async () => {
    await stopDemo();
    await app?.stop();
    await stopNode(name, { kill: true, wipe: true });
  };
  try {
    const running = await startApp({ amqp, management: node.management });
    app = running;
    const session = await signIn(running, node);
    const get: Stage['get'] = async (path, schema, signal) => {
      const response = await fetch(`${running.url}${path}`, {
        headers: { cookie: `hoplight_session=${session}` },
        signal,
      });
      const text = await response.text();
      if (response.status !== 200)
        throw new Error(`GET ${path}: ${response.status} ${isJson(response) ? text.slice(0, 200) : ''}`);
      return schema.parse(JSON.parse(text));
    };
    return {
      node,
      amqp,
      app: running,
      session,
      demoRate: o.demoRate,
      get,
      stopDemo,
      stop,
      async startDemo(signal) {
        if (demo) return;
        say(`Starting the demo at about ${o.demoRate} messages/s`);
        const child = spawn(process.execPath, ['demo/main.ts', '--rate', String(o.demoRate)], {
          cwd: root,
          env: { ...process.env, AMQP_URL: amqp, MANAGEMENT_URL: node.management },
          stdio: 'ignore',
        });
        demo = child;
        while ((await get('/api/journeys?limit=50', list, signal)).journeys.length < 50) {
          if (child.exitCode !== null) throw new Error(`the demo ended (exit ${child.exitCode})`);
          await wait(250, signal);
        }
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Resolves after `ms`; rejects with the signal's reason. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    if (signal.aborted) return fail(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      fail(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      done();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
