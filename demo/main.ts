/**
 * node demo/main.ts --amqp URL --management URL [--rate N] [--otlp URL]
 *
 * Living traffic: a small shop of services in processes of their own, which know nothing of the application that
 * watches them. Ends with SIGTERM, with SIGINT, or when the process that started it is gone.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { declarePolicy } from './topology.ts';

const help = `Usage: node demo/main.ts [--amqp URL] [--management URL] [--rate N] [--otlp URL]

A shop's order flow on your broker: topic, direct and fanout exchanges, quorum and classic queues, retries, an
alternate exchange, and a few per cent of messages that die for reasons worth finding.

  --amqp URL         or AMQP_URL; default: amqp://guest:guest@127.0.0.1:5672; its path is the vhost
  --management URL   or MANAGEMENT_URL; default: http://127.0.0.1:15672
  --rate N           messages a second in all, about; default: 15
  --otlp URL         some of its services are traced: where their spans go by OTLP/HTTP; default: nowhere`;

const names = ['audit', 'billing', 'invoices', 'notify', 'payments', 'warehouse', 'checkout', 'marketing'];

const { values } = parseArgs({
  options: {
    amqp: { type: 'string', default: process.env.AMQP_URL || 'amqp://guest:guest@127.0.0.1:5672' },
    management: { type: 'string', default: process.env.MANAGEMENT_URL || 'http://127.0.0.1:15672' },
    rate: { type: 'string', default: '15' },
    otlp: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help) {
  process.stdout.write(`${help}\n`);
  process.exit(0);
}
const rate = Number(values.rate);
if (!(rate > 0 && rate <= 10_000)) {
  process.stderr.write('demo: --rate wants a number above 0 and up to 10000\n');
  process.exit(2);
}

try {
  await declarePolicy(values.management, values.amqp);
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`demo: no dead-letter policy for mail and push: ${text}\n`);
}

const otel = Object.keys(process.env).filter((name) => name.startsWith('OTEL_'));
/**
 * Spans leave soon, so that a newcomer sees at once what they tell. Of what is set around us only the headers are passed on:
 * the demo's spans must not go where somebody's own services send theirs.
 */
const environment: NodeJS.ProcessEnv = {
  ...process.env,
  ...Object.fromEntries(otel.map((name) => [name, undefined])),
  OTEL_EXPORTER_OTLP_ENDPOINT: values.otlp,
  OTEL_EXPORTER_OTLP_HEADERS: process.env.OTEL_EXPORTER_OTLP_HEADERS,
  OTEL_BSP_SCHEDULE_DELAY: '1000',
};
const children = new Map<string, ChildProcess>();
let stopping = false;
for (const name of names) {
  // The URL goes by the environment: its password would show in the list of processes.
  const env = { ...environment, AMQP_URL: values.amqp };
  const child = fork(join(import.meta.dirname, 'service.ts'), [name, String(rate)], { env });
  children.set(name, child);
  child.on('error', (error) => process.stderr.write(`demo: ${name}: ${error.message}\n`));
  child.on('exit', (code, signal) => {
    children.delete(name);
    if (!stopping) process.stderr.write(`demo: ${name} ended by itself (${signal ?? `exit code ${code}`})\n`);
    if (children.size === 0) process.exit(stopping ? 0 : 1);
  });
}

function stop(): void {
  if (stopping) return;
  stopping = true;
  for (const child of children.values()) child.kill('SIGTERM');
  setTimeout(() => {
    for (const child of children.values()) child.kill('SIGKILL');
  }, 3000).unref();
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) stop();
}, 1000).unref();
