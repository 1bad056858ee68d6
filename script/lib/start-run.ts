/** What `script/start` does, in order. Needs the packages: loaded by start.ts once they are there. */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseConfig, settings } from '../../lib/config.ts';
import { isHoplightError } from '../../lib/model/errors.ts';
import { answer, startNode, stopNode } from './broker-node.ts';
import { buildWhenChanged, root } from './build.ts';
import { type Child, startNodeProcess } from './child.ts';
import { type Found, givenBroker, localBroker, shown } from './find-broker.ts';
import { isFree } from './ports.ts';
import { getServer } from './rabbitmq.ts';
import type { Running } from './running.ts';
import { Refusal, say, textOf, until } from './shell.ts';
import { addressOf, isLoopback, type Options, readOptions } from './start-options.ts';

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

function startApplication(options: Options, broker: Found, signIn: boolean, running: Running): Child {
  const next = join(root, 'node_modules/next/dist/bin/next');
  const app = startNodeProcess([next, 'start', '-H', options.host, '-p', String(options.port)], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      AMQP_URL: broker.all?.amqp ?? broker.amqp,
      MANAGEMENT_URL: broker.all?.management ?? broker.management,
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

function startDemo(options: Options, broker: Found, token: string | undefined, running: Running): void {
  const args = ['--rate', options.rate, '--otlp', addressOf(options)];
  const demo = startNodeProcess([join(root, 'demo/main.ts'), ...args], {
    cwd: root,
    env: {
      ...process.env,
      AMQP_URL: broker.amqp,
      MANAGEMENT_URL: broker.management,
      OTEL_EXPORTER_OTLP_HEADERS: token
        ? `authorization=${encodeURIComponent(`Bearer ${token}`)}`
        : undefined,
    },
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

function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isHoplightError(error) ? new Refusal(error.message, { cause: error }) : error;
  }
}

/** A setting that the application would refuse is refused here, before anything starts. */
function checkSettings(options: Options, broker: Found | undefined): void {
  const { host, port, data } = options;
  const own = { HOPLIGHT_HOST: host, HOPLIGHT_PORT: String(port), HOPLIGHT_DATA: data };
  refusing(() =>
    parseConfig({ ...process.env, ...own, AMQP_URL: broker?.amqp, MANAGEMENT_URL: broker?.management }),
  );
}

/** Signing in by itself is for a broker that anybody on this machine may enter anyway, unless it is refused. */
function signsInByItself(options: Options, broker: Found, isPrivate: boolean, wanted?: string): boolean {
  if (!isLoopback(options.host) || ['0', 'false', 'off'].includes(wanted ?? '')) return false;
  return isPrivate || (isLoopback(new URL(broker.amqp).hostname) && broker.user === 'guest');
}

/**
 * Answers the application once it serves. Throws a Refusal, in one line, for whatever the user can mend; what was
 * started until then is in `running`.
 */
export async function start(args: string[], running: Running): Promise<Child> {
  const set = refusing(() => settings(process.env));
  const options = readOptions(args, set);
  const notices: string[] = [];
  await checkPlace(options);
  const own = await chooseBroker(options, notices);
  checkSettings(options, own);
  if (!own) await getServer(); // fetched, if need be, before anything starts
  running.goOn();
  await buildWhenChanged();
  running.goOn();

  const broker = own ?? (await privateBroker(options.data, running));
  const address = addressOf(options);
  running.goOn();
  const signIn = signsInByItself(options, broker, !own, set.HOPLIGHT_AUTO_SIGN_IN);
  const app = startApplication(options, broker, signIn, running);
  await waitUntilItAnswers(app, address);
  running.goOn();
  const demo = options.demo ?? !own;
  if (demo) startDemo(options, broker, set.HOPLIGHT_OTLP_TOKEN, running);

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
