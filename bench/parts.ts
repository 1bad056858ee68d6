/** What each question costs the broker that watching it consists of: its processor time around some askings of each alone. */
import { createManagementClient } from '../lib/broker/client.ts';
import { createPrometheus } from '../lib/broker/prometheus.ts';
import { knownQueues } from '../lib/broker/queue-metrics.ts';
import type { ReadingCost } from '../lib/model/live.ts';
import type { NodeAnswer } from '../script/lib/broker-node.ts';
import { say } from '../script/lib/shell.ts';
import { cpuMs } from './cpu.ts';
import type { PartCost } from './result.ts';
import { wait } from './stage.ts';
import { round } from './statistics.ts';

/** Processor time is counted in steps of 10 ms. */
const LEAST_MS = 300;
const MOST_ASKINGS = 60;
const BETWEEN_MS = 50;

/** `readings`: the pace of each while the application ran. */
export async function partCosts(
  node: NodeAnswer,
  idlePerMs: number,
  readings: readonly ReadingCost[],
  signal: AbortSignal,
): Promise<PartCost[]> {
  const { management: url, user, password } = node;
  const m = createManagementClient({ url, user, password });
  const metrics = createPrometheus({ at: [`${node.prometheus}/metrics`], managementUrl: url });
  const overview = await m.overview(signal);
  const question = { nodes: [], listeners: [], cluster: null, known: knownQueues([]), consumers: false };
  const exchanges = (await m.exchanges(signal)).filter((x) => x.name !== '');
  const asked: [string, ReadingCost['what'] | null, () => Promise<unknown>][] = [
    ['metrics of the queues', 'depths', () => metrics.read({ ...question, version: overview.version })],
    ['list of queues in totals mode', 'definitions', () => m.queueTotals(signal)],
    ['list of queues in full', 'bytes', () => m.queues(signal)],
    ['consumers', 'consumers', () => m.consumers(signal)],
    ['channels', 'channels', () => m.channels(signal)],
    ['connections', 'connections', () => m.connections(signal)],
    ['nodes', 'nodes', () => m.nodes(signal)],
    ['alarms', null, () => m.alarms(signal)],
    ['vhosts with totals', null, () => m.vhosts(signal)],
    ['overview', null, () => m.overview(signal)],
    ['policies', null, () => m.policies(signal)],
    ['bindings, by exchange', 'topology', () => m.bindings(signal, exchanges)],
    ['bindings, all', null, () => m.bindings(signal)],
  ];
  const costs: PartCost[] = [];
  for (const [part, what, ask] of asked) {
    const pace = readings.find((r) => r.what === what)?.everyMs;
    const brokerMs = await costOf(node, idlePerMs, ask, signal).catch((error: unknown) => {
      // the parts are told beside the figures: those stand without one of them
      signal.throwIfAborted();
      say(`${part}: not measured: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    });
    costs.push({ part, brokerMs, everyMs: pace ?? null });
  }
  return costs;
}

async function costOf(
  node: NodeAnswer,
  idlePerMs: number,
  ask: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<number> {
  await ask(); // connections and code are there after it
  const before = { cpu: cpuMs(node.pid), at: performance.now() };
  const spent = () => cpuMs(node.pid) - before.cpu - idlePerMs * (performance.now() - before.at);
  let askings = 0;
  do {
    await ask();
    await wait(BETWEEN_MS, signal);
    askings++;
  } while (askings < MOST_ASKINGS && (askings < 3 || spent() < LEAST_MS));
  return round(Math.max(0, spent()) / askings);
}
