/** AMQP 1.0, by a client of another make: sent and taken so, and sent so and taken by AMQP 0-9-1. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findForeignClients } from '../../script/lib/foreign-clients.ts';
import { enablePlugin } from '../rabbitmqctl.ts';
import type { Scenario, Scene } from './scene.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../clients/proton_amqp10.py', import.meta.url));
const clients = findForeignClients();
const missing = clients ? null : 'Qpid Proton is not here: script/test fetches it where apt can';

/** A queue's address: 4.x has its own form, 3.10 a plugin with the older one. */
const address = (s: Scene, queue: string) =>
  `${s.broker.version.startsWith('3.') ? '/amq/queue' : '/queues'}/${encodeURIComponent(s.at(queue))}`;

async function proton(s: Scene, ...args: string[]): Promise<void> {
  if (clients) await run(clients.python, [script, s.broker.amqp, ...args], { env: clients.env });
}

async function declare(s: Scene): Promise<void> {
  if (s.broker.version.startsWith('3.')) await enablePlugin(s.broker, 'rabbitmq_amqp1_0');
  await s.queue('work', { type: 'quorum' });
}

const drawn = `
  publish default(work) > work > delivered 1
  = delivered`;

export const amqp10: Scenario[] = [
  {
    name: 'sent and taken by AMQP 1.0',
    missing,
    declare,
    act: async (s) => {
      await proton(s, 'send', address(s, 'work'), s.id);
      await proton(s, 'take', address(s, 'work'));
    },
    drawn,
  },
  {
    name: 'sent by AMQP 1.0, taken by AMQP 0-9-1',
    missing,
    declare,
    act: async (s) => {
      await proton(s, 'send', address(s, 'work'), s.id);
      await s.consume('work', 'ack');
    },
    drawn,
  },
];
