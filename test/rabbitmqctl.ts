/** Runs `rabbitmqctl` on the private node of a test's broker: alarms and the like, which no API can set. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { answer, listNodes } from '../script/lib/broker-node.ts';
import type { TestBroker } from './with-broker.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../script/broker', import.meta.url));

/** Answers what the command wrote; throws with its error text when it failed. */
export function rabbitmqctl(broker: Pick<TestBroker, 'management'>, ...args: string[]): Promise<string> {
  return onNode(broker, 'rabbitmqctl', args);
}

/** Switches the plugin on while the node runs; it stays on for the rest of the run. */
export async function enablePlugin(broker: Pick<TestBroker, 'management'>, plugin: string): Promise<void> {
  await onNode(broker, 'rabbitmq-plugins', ['enable', plugin]);
}

async function onNode(
  broker: Pick<TestBroker, 'management'>,
  program: string,
  args: string[],
): Promise<string> {
  const node = listNodes().find((n) => answer(n).management === broker.management);
  if (!node) throw new Error(`no private node answers at ${broker.management}`);
  const { stdout } = await run(script, ['ctl', '--name', node.name, program, ...args]);
  return stdout;
}

/** While `work` runs, the node has a memory alarm: publishers are blocked. */
export async function withMemoryAlarm<T>(
  broker: Pick<TestBroker, 'management'>,
  work: () => Promise<T>,
): Promise<T> {
  await rabbitmqctl(broker, 'set_vm_memory_high_watermark', '0.00001');
  try {
    return await work();
  } finally {
    await rabbitmqctl(broker, 'set_vm_memory_high_watermark', '0.6');
  }
}
