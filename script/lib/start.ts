/**
 * `script/start`: looks first, starts after, and ends everything that it started.
 *
 *   check flags, port, data folder, broker ─▶ build ─▶ private node, if needed ─▶ application ─▶ demo, if wanted
 *        └── one line and exit code 1, nothing started            └── SIGINT, SIGTERM: demo, application, node; exit 0
 *                                                                  └── application ended by itself: the same; exit 1
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { answer, startNode, stopNode } from './broker-node.ts';
import { buildWhenChanged, root } from './build.ts';
import { type Child, startNodeProcess } from './child.ts';
import { type Found, givenBroker, localBroker, shown } from './find-broker.ts';
import { isFree } from './ports.ts';
import { getServer } from './rabbitmq.ts';
import { Refusal, say, stateFolder, textOf, until } from './shell.ts';

const help = `Usage: script/start [options]

Builds Hoplight when its sources changed, and runs it. Needs no root.

The broker, in this order: the one you name; RabbitMQ on this machine at 5672 and 15672 with guest / guest; else a
private node that is fetched, started and stopped together with Hoplight.

  --amqp URL         (AMQP_URL) amqp://user:password@host:5672/vhost
  --management URL   (MANAGEMENT_URL) http://host:15672; default: the same host, port 15672
  --demo, --no-demo  run the demo's living traffic; default: only on a private node
  --rate N           the demo's messages a second, about; default: 15
  --port N           (PORT) default: 3000
  --host ADDRESS     (HOPLIGHT_HOST) default: 127.0.0.1
  --data DIR         (HOPLIGHT_DATA) default: ${stateFolder().replace(homedir(), '~')}
  --help

Ctrl-C ends everything that it started, within seconds.`;

type Options = {
  amqp?: string;
  management?: string;
  demo?: boolean;
  rate: string;
  port: number;
  host: string;
  data: string;
};

function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      amqp: { type: 'string' },
      management: { type: 'string' },
      demo: { type: 'boolean' },
      rate: { type: 'string', default: '15' },
      port: { type: 'string' },
      host: { type: 'string' },
      data: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const { env } = process;
  const port = Number(values.port ?? (env.HOPLIGHT_PORT || env.PORT || 3000));
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Refusal('--port wants a number from 1 to 65535.');
  if (!(Number(values.rate) > 0)) throw new Refusal('--rate wants a number above 0.');
  return {
    amqp: values.amqp ?? (env.AMQP_URL || undefined),
    management: values.management ?? (env.MANAGEMENT_URL || undefined),
    demo: values.demo,
    rate: values.rate,
    port,
    host: values.host ?? (env.HOPLIGHT_HOST || '127.0.0.1'),
    data: resolve(values.data ?? (env.HOPLIGHT_DATA || stateFolder())),
  };
}

const isLoopback = (host: string) => /^(localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);

/** The address to look at: one of this machine's own when the application listens on all. */
function addressOf({ host, port }: Options): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** Not mkdir's own `recursive`: Node 24 never returns from that where the kernel answers ENOENT, as under /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

async function checkPlace({ host, port, data }: Options): Promise<void> {
  if (!(await isFree(port, host))) {
    throw new Refusal(
      `Port ${port} on ${host} cannot be taken: something listens there already, or it is not ours; choose another with --port.`,
    );
  }
  try {
    makeFolder(data);
    accessSync(data, constants.W_OK);
  } catch (error) {
    throw new Refusal(
      `The data folder ${data} cannot be written (${textOf(error)}): choose another with --data.`,
    );
  }
}

/** What runs, and the way to end it: last started, first ended. */
class Running {
  #steps: (() => Promise<unknown>)[] = [];
  #over: Promise<void> | undefined;

  add(step: () => Promise<unknown>): void {
    this.#steps.push(step);
    // Something that was still starting when we were asked to stop.
    if (this.#over) this.#over = this.#over.then(() => this.#unwind());
  }

  /** Throws once we were asked to stop: called before each thing that is started. */
  goOn(): void {
    if (this.#over) throw new Refusal('Stopped while starting.');
  }

  async stop(): Promise<void> {
    this.#over ??= this.#unwind();
    let seen: Promise<void> | undefined;
    do {
      seen = this.#over;
      await seen;
    } while (seen !== this.#over);
  }

  async #unwind(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      await step().catch((error: unknown) => say(textOf(error)));
    }
  }
}

async function chooseBroker(options: Options, notices: string[]): Promise<Found | undefined> {
  if (options.amqp || options.management) return givenBroker(options.amqp, options.management);
  const local = await localBroker();
  if ('found' in local) return local.found;
  if ('refused' in local)
    notices.push(`${local.refused} Hoplight uses a private node instead; name your broker with --amqp.`);
  return undefined;
}

/** A node of the data folder's own, whose log and events can be listened to. */
async function privateBroker(data: string, running: Running): Promise<Found> {
  const name = `app-${createHash('sha256').update(data).digest('hex').slice(0, 8)}`;
  running.add(() => stopNode(name));
  const node = await startNode({
    name,
    data: join(data, 'broker'),
    config: ['log.exchange = true'],
    plugins: ['rabbitmq_event_exchange'],
    owner: process.pid,
  });
  const { amqp, management, version, user, password } = answer(node);
  return {
    amqp: amqp.replace('//', `//${user}:${password}@`),
    management,
    version,
    user,
    tags: ['administrator'],
  };
}

function startApplication(options: Options, broker: Found, isPrivate: boolean, running: Running): Child {
  const brokerHost = new URL(broker.amqp).hostname;
  const signIn =
    isLoopback(options.host) && (isPrivate || (isLoopback(brokerHost) && broker.user === 'guest'));
  const next = join(root, 'node_modules/next/dist/bin/next');
  const app = startNodeProcess([next, 'start', '-H', options.host, '-p', String(options.port)], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      AMQP_URL: broker.amqp,
      MANAGEMENT_URL: broker.management,
      HOPLIGHT_DATA: options.data,
      HOPLIGHT_HOST: options.host,
      HOPLIGHT_PORT: String(options.port),
      HOPLIGHT_AUTO_SIGN_IN: signIn ? '1' : '0',
    },
  });
  running.add(() => app.stop(10_000));
  return app;
}

async function waitUntilItAnswers(app: Child, address: string): Promise<void> {
  const ended = app.ended.then((how) => `ended while it started (${how})`);
  const answers = until(async () => {
    const response = await fetch(`${address}/api/health/live`, { signal: AbortSignal.timeout(2000) }).catch(
      () => undefined,
    );
    await response?.body?.cancel();
    return response?.status === 200 ? 'yes' : undefined;
  }, 60_000);
  const outcome = (await Promise.race([ended, answers])) ?? 'did not answer within 60 s';
  if (outcome !== 'yes') throw new Refusal(`The application ${outcome}: see the lines above.`);
}

function startDemo(options: Options, broker: Found, running: Running): void {
  const demo = startNodeProcess([join(root, 'demo/main.ts'), '--rate', options.rate], {
    cwd: root,
    env: { ...process.env, AMQP_URL: broker.amqp, MANAGEMENT_URL: broker.management },
  });
  let ours = false;
  running.add(async () => {
    ours = true;
    await demo.stop(4000);
  });
  void demo.ended.then((how) => {
    if (!ours) say(`The demo's traffic ended (${how}); everything else runs on. Start again for more.`);
  });
}

async function main(options: Options, running: Running): Promise<Child> {
  const notices: string[] = [];
  await checkPlace(options);
  const own = await chooseBroker(options, notices);
  if (!own) await getServer(); // fetched, if need be, before anything starts
  running.goOn();
  await buildWhenChanged();
  running.goOn();

  const broker = own ?? (await privateBroker(options.data, running));
  const address = addressOf(options);
  running.goOn();
  const app = startApplication(options, broker, !own, running);
  await waitUntilItAnswers(app, address);
  running.goOn();
  const demo = options.demo ?? !own;
  if (demo) startDemo(options, broker, running);

  if (!broker.tags.includes('administrator')) {
    notices.push(
      `${broker.user} is no administrator of this broker, so the firehose tap stays off and some figures are unknown: give the user the tag administrator, or name another one in --amqp.`,
    );
  }
  if (!isLoopback(options.host)) {
    notices.push(
      `It listens on ${options.host} without TLS: put a proxy with HTTPS before it, and name its host in HOPLIGHT_ALLOWED_HOSTS.`,
    );
  }
  const kind = own ? '' : ', private, stops with Hoplight';
  say(`
Hoplight   ${address}
Broker     ${shown(broker.amqp)} as ${broker.user} (RabbitMQ ${broker.version}${kind})
Management ${broker.management}
Data       ${options.data}
Demo       ${demo ? `on, about ${options.rate} messages a second` : 'off (--demo starts it)'}
`);
  for (const notice of notices) say(`Note: ${notice}`);
  say('Ctrl-C stops it.');
  return app;
}

const running = new Running();
let asked = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (asked) return;
    asked = true;
    say('Stopping');
    void running.stop().then(() => process.exit(0));
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(`${help}\n`);
    process.exit(0);
  }
  const app = await main(options, running);
  const how = await app.ended;
  if (!asked) {
    say(`The application ended by itself (${how}); stopping the rest.`);
    await running.stop();
    process.exit(1);
  }
} catch (error) {
  if (!asked) {
    const expected = error instanceof Refusal || (error instanceof TypeError && 'code' in error);
    say(expected ? textOf(error) : `script/start: ${error instanceof Error ? error.stack : String(error)}`);
    await running.stop();
    process.exit(1);
  }
}
