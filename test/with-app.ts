/** The built application as its users run it: `next start` in a process of its own, on a free port, with fresh data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

export interface TestApp {
  /** `http://127.0.0.1:PORT` */
  url: string;
  dataDir: string;
  pid: number;
  /** A request as a script makes it: HTTP Basic, own Origin, JSON. Throws nothing on problem statuses. */
  api(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: unknown }>;
  kill(signal?: NodeJS.Signals): Promise<number | null>;
  /** SIGTERM, then the data goes. */
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Waits until `check` gives something, looking again every 50 ms; throws what it was waiting for after `forMs`. */
export async function until<T>(
  what: string,
  check: () => Promise<T | null | undefined | false>,
  forMs = 30_000,
): Promise<T> {
  const end = Date.now() + forMs;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const value = await check();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`waited ${forMs} ms for ${what}${last instanceof Error ? `: ${last.message}` : ''}`);
}

export async function startApp(o: {
  amqp: string;
  management: string;
  user?: string;
  password?: string;
  dataDir?: string;
  port?: number;
  env?: Record<string, string>;
  log?: (line: string) => void;
}): Promise<TestApp> {
  const port = o.port ?? (await freePort());
  const dataDir = o.dataDir ?? mkdtempSync(join(tmpdir(), 'hoplight-'));
  const child: ChildProcess = spawn(
    process.execPath,
    ['node_modules/next/dist/bin/next', 'start', '-H', '127.0.0.1', '-p', String(port)],
    {
      cwd: root,
      env: {
        ...process.env,
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
        AMQP_URL: o.amqp,
        MANAGEMENT_URL: o.management,
        HOPLIGHT_DATA: dataDir,
        HOPLIGHT_PORT: String(port),
        ...o.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      lines.push(text);
      o.log?.(text);
    });
  }
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  // A test that fails half way leaves nothing running behind.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  const url = `http://127.0.0.1:${port}`;
  const basic = Buffer.from(`${o.user ?? 'guest'}:${o.password ?? 'guest'}`).toString('base64');
  const app: TestApp = {
    url,
    dataDir,
    pid: child.pid ?? 0,
    async api(method, path, body, headers = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Basic ${basic}`,
          origin: url,
          'content-type': 'application/json',
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      return { status: response.status, body: isJson && text !== '' ? JSON.parse(text) : text };
    },
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return ended;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      if (!o.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
  let over = false;
  void ended.then(() => {
    over = true;
  });
  try {
    await until(
      'the application',
      async () => {
        if (over) return true;
        return (await fetch(`${url}/api/health/live`)).ok;
      },
      60_000,
    );
    if (over) throw new Error('the application ended');
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${lines.join('')}`);
  }
  return app;
}
