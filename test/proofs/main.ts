/** `script/prove`: the long proofs that a replay loses nothing, on private brokers; figures to bench/results and as a table. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { connect } from 'amqplib';
import { machine } from '../../bench/machine.ts';
import { answer, restartNode, startNode, stopNode } from '../../script/lib/broker-node.ts';
import { Refusal, say, textOf } from '../../script/lib/shell.ts';
import { until } from '../with-replays.ts';
import type { KillableBroker } from './kills.ts';
import { type Proof, type ProofRow, parts } from './parts.ts';

const root = resolve(import.meta.dirname, '../..');

const help = `Usage: script/prove [kills|broker|cuts|toxics|bytes|all …] [flags]

Replays dead letters while everything fails, on private RabbitMQ nodes, and counts messages by their IDs: lost, arrived
twice, and arrived twice without being named in the receipt. Ends with exit code 1 when anything was lost or not named.

  kills    20,000 messages, the process killed (SIGKILL) 25 times, classic and quorum
  broker   10,000 messages in a classic and a quorum queue, the broker killed 5 times
  cuts     a connection cut after and within every AMQP frame of a replay of 50
  toxics   latency, jitter, 20 kB/s, slices, black hole, reset, half close, cut: both directions, both connections
  bytes    3,000 messages of random properties and bodies, one of 16 MiB, read off the wire

  --quick          a tenth of it
  --versions V,…   RabbitMQ versions; default: 3.10,4.3
  --name NAME      of the result's file in bench/results; default: the proofs' names
  --help`;

async function withNode<T>(
  version: string,
  work: (broker: KillableBroker & { version: string }) => Promise<T>,
): Promise<T> {
  const name = `prove-${process.pid}-${version}`;
  const node = answer(await startNode({ version, name, owner: process.pid }));
  const { user, password, management } = node;
  const amqp = `${node.amqp.replace('amqp://', `amqp://${user}:${password}@`)}/%2F`;
  try {
    // a node that was started on a busy machine may still drop its first connection
    await until(() => answers(amqp), 'the broker takes no connections', 60_000);
    return await work({
      version: node.version,
      user,
      password,
      management,
      vhost: '/',
      amqp,
      restart: async (how) => void (await restartNode(name, how)),
    });
  } finally {
    await stopNode(name, { kill: true, wipe: true });
  }
}

const answers = (amqp: string) =>
  connect(amqp).then(
    async (connection) => {
      await connection.close();
      return true;
    },
    () => false,
  );

function line(row: ProofRow): string {
  const cells = [
    row.what,
    row.broker,
    row.messages,
    row.faults,
    row.lost,
    row.twice,
    row.listed,
    row.unlisted,
    row.note,
  ];
  return `| ${cells.join(' | ')} |`;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      versions: { type: 'string', default: '3.10,4.3' },
      name: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${help}\n`);
    return 0;
  }
  const all = Object.keys(parts);
  const unknown = positionals.find((name) => name !== 'all' && !all.includes(name));
  if (unknown !== undefined) throw new Refusal(`There is no proof ${unknown}: ${all.join(', ')}, all.`);
  const asked = positionals.length === 0 || positionals.includes('all') ? all : positionals;
  const began = { at: new Date().toISOString(), machine: machine(), quick: values.quick };
  const proofs: Proof[] = [];
  const folder = join(root, 'bench', 'results');
  const file = `${began.at.slice(0, 10)}-prove-${values.name ?? asked.join('-')}.json`;
  /** After each proof: a run that is stopped half way keeps what it found. */
  const keep = () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), `${JSON.stringify({ ...began, proofs }, null, 2)}\n`);
  };
  for (const version of values.versions.split(',')) {
    await withNode(version, async (broker) => {
      for (const name of asked) {
        const part = parts[name];
        if (!part) continue;
        say(`Proving ${name} on RabbitMQ ${version}`);
        const rows = await part(broker, values.quick);
        for (const row of rows) say(line(row));
        proofs.push({ name, version, rows });
        keep();
      }
    });
  }
  const rows = proofs.flatMap((proof) => proof.rows);
  const head =
    '| proof | RabbitMQ | messages | faults | lost | twice | listed | not listed | |\n|---|---|---|---|---|---|---|---|---|';
  process.stdout.write(`${head}\n${rows.map(line).join('\n')}\n`);
  say(`Raw figures: bench/results/${file}`);
  const bad = rows.filter((row) => !row.holds);
  for (const row of bad)
    say(`Does not hold: ${row.what}, RabbitMQ ${row.broker}: ${JSON.stringify(row.details)}`);
  return bad.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const expected = error instanceof Refusal || (error instanceof TypeError && 'code' in error);
  say(
    expected
      ? `${textOf(error)} (see --help)`
      : `script/prove: ${error instanceof Error ? error.stack : String(error)}`,
  );
  process.exitCode = 1;
}
