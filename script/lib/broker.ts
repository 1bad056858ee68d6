/** `script/broker`: the command line over broker-node.ts. Results are JSON on stdout, words for people on stderr. */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { clusterAnswer, clusterNodes, restartCluster, startCluster, stopCluster } from './broker-cluster.ts';
import { commandIn, environment } from './broker-command.ts';
import { answer, listNodes, restartNode, runningNode, startNode, stopNode } from './broker-node.ts';
import { getServer } from './rabbitmq.ts';
import { Refusal, say, textOf } from './shell.ts';

const help = `Usage: script/broker COMMAND [options]

Private RabbitMQ nodes for development, tests and the demo. Nothing is installed on the machine and no root is
needed: the server is fetched once, through this machine's own apt sources, into the cache folder. Each node has
its own name, ports (free ones, printed) and folder, and listens on 127.0.0.1 only, with guest / guest.

  start     start a node, or answer the one that runs already; returns when AMQP and management answer
  stop      stop exactly that node
  restart   stop and start it again: same ports, data and settings
  list      the nodes that run
  path      where the server of a version lies; fetches it when it is not there yet
  ctl       run one of the node's own tools: script/broker ctl --name N rabbitmqctl list_queues

  --version 3.10|4.0|4.3   default: what this machine's own apt suite offers
  --name N                 default: rabbit-VERSION
  --data DIR               start: where the node keeps its files
  --config 'key = value'   start: a line for rabbitmq.conf; repeatable
  --plugin NAME            start: a plugin beside management and prometheus; repeatable
  --nodes N                start: a cluster of N nodes (2 to 7), called NAME-1, NAME-2 … (NAME: cluster-VERSION);
                           stop and restart take the cluster's name or that of one of its nodes
  --owner PID              start: stop the node when that process ends
  --kill                   stop, restart: SIGKILL, as a crash would
  --wipe                   stop: remove the node's folder too

start prints {name, version, amqp, management, prometheus, user, password, pid, data}; with --nodes it prints
{name, version, nodes: [one of these for each]}, and each says the cluster's name.`;

const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

/** The node meant by --name or --version; with neither, the only one that runs. */
function nameFrom(values: { name?: string; version?: string }): string {
  if (values.name) return values.name;
  if (values.version) return `rabbit-${values.version.split('.').slice(0, 2).join('.')}`;
  const names = [...new Set(listNodes().map((node) => node.cluster?.name ?? node.name))];
  if (names.length === 1 && names[0]) return names[0];
  throw new Refusal(names.length === 0 ? 'No node runs.' : `Which one? --name ${names.join(', --name ')}`);
}

/** Hands over to one of the node's own tools; answers its exit code. */
function ctl(name: string, [program, ...args]: string[]): Promise<number> {
  if (!program) throw new Refusal('ctl needs a command, such as: rabbitmqctl status');
  const node = runningNode(name);
  const [command, ...rest] = commandIn(node, program, args);
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { env: environment(node), stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

async function main(args: string[]): Promise<number> {
  // What follows `ctl`'s own options belongs to the tool, dashes and all.
  const [command] = args;
  const { values, positionals } = parseArgs({
    args: args.slice(1, command === 'ctl' ? toolAt(args) : undefined),
    allowPositionals: true,
    options: {
      version: { type: 'string' },
      name: { type: 'string' },
      nodes: { type: 'string' },
      data: { type: 'string' },
      config: { type: 'string', multiple: true },
      plugin: { type: 'string', multiple: true },
      owner: { type: 'string' },
      kill: { type: 'boolean' },
      wipe: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help || command === undefined || command === '--help' || command === '-h') {
    process.stdout.write(`${help}\n`);
    return command === undefined ? 2 : 0;
  }
  if (positionals.length > 0) throw new Refusal(`Not understood: ${positionals.join(' ')} (see --help)`);
  switch (command) {
    case 'start': {
      const owner = values.owner === undefined ? undefined : Number(values.owner);
      const options = { ...values, plugins: values.plugin, owner };
      if (values.nodes === undefined) {
        print(answer(await startNode(options)));
        return 0;
      }
      const [first, ...more] = await startCluster(Number(values.nodes), options);
      if (first) print(clusterAnswer(first.cluster?.name ?? first.name, [first, ...more]));
      return 0;
    }
    case 'stop': {
      const name = nameFrom(values);
      if (clusterNodes(name).length > 0) {
        say(`Stopped ${await stopCluster(name, values)} nodes of ${name}`);
        return 0;
      }
      say(
        (await stopNode(name, { kill: values.kill, wipe: values.wipe }))
          ? `Stopped ${name}`
          : `${name} was not running`,
      );
      return 0;
    }
    case 'restart': {
      const name = nameFrom(values);
      const isCluster = clusterNodes(name).length > 0;
      print(
        isCluster
          ? clusterAnswer(name, await restartCluster(name, values))
          : answer(await restartNode(name, values)),
      );
      return 0;
    }
    case 'list': {
      const nodes = listNodes().map(answer);
      if (nodes.length === 0) say('No node runs.');
      print(nodes);
      return 0;
    }
    case 'path':
      process.stdout.write(`${(await getServer(values.version)).root}\n`);
      return 0;
    case 'ctl':
      return ctl(nameFrom(values), args.slice(toolAt(args)));
    default:
      throw new Refusal(`Not a command: ${command} (see --help)`);
  }
}

/** Where in `ctl --name N rabbitmqctl …` the tool's own words begin. */
function toolAt(args: string[]): number {
  let at = 1;
  while (args[at] === '--name' || args[at] === '--version') at += 2;
  return at;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const expected = error instanceof Refusal || (error instanceof TypeError && 'code' in error);
  say(expected ? textOf(error) : `script/broker: ${error instanceof Error ? error.stack : String(error)}`);
  process.exitCode = 1;
}
