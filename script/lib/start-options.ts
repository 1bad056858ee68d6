/** The flags of `script/start`, and the settings that stand in for them. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Refusal, stateFolder } from './shell.ts';

export const help = `Usage: script/start [options]

Builds Hoplight when its sources changed, and runs it. Needs no root.

The broker, in this order: the one you name; RabbitMQ on this machine at 5672 and 15672 with guest / guest; else a
private node that is fetched, started and stopped together with Hoplight.

  --amqp URL         (AMQP_URL) amqp://user:password@host:5672/vhost; nodes of a cluster with commas
  --management URL   (MANAGEMENT_URL) http://host:15672; default: the same host, port 15672; nodes with commas
  --demo, --no-demo  run the demo's living traffic; default: only on a private node
  --rate N           the demo's messages a second, about; default: 15
  --port N           (PORT) default: 3000
  --host ADDRESS     (HOPLIGHT_HOST) default: 127.0.0.1
  --data DIR         (HOPLIGHT_DATA) default: ${stateFolder().replace(homedir(), '~')}
  --help

All settings are in docs/configuration.md. Ctrl-C ends everything that it started, within seconds.`;

export type Options = {
  amqp?: string;
  management?: string;
  demo?: boolean;
  rate: string;
  port: number;
  host: string;
  data: string;
};

/** Throws a Refusal, or parseArgs's own TypeError, on what it does not know. `env`: the settings below the flags. */
export function readOptions(args: string[], env: Record<string, string | undefined>): Options {
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
    },
  });
  const port = Number(values.port ?? env.HOPLIGHT_PORT ?? env.PORT ?? 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Refusal('--port wants a number from 1 to 65535.');
  const rate = Number(values.rate);
  if (!(rate > 0 && rate <= 10_000)) throw new Refusal('--rate wants a number above 0 and up to 10000.');
  return {
    amqp: values.amqp ?? env.AMQP_URL,
    management: values.management ?? env.MANAGEMENT_URL,
    demo: values.demo,
    rate: values.rate,
    port,
    host: values.host ?? env.HOPLIGHT_HOST ?? '127.0.0.1',
    data: resolve(values.data ?? env.HOPLIGHT_DATA ?? stateFolder()),
  };
}

export const isLoopback = (host: string) => /^(localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);

/** The address to look at: one of this machine's own when the application listens on all. */
export function addressOf({ host, port }: Options): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
