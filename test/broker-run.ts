/**
 * Set-up of the integration project: names the run, and at its end stops and wipes the nodes that its files started.
 * The nodes themselves start on first use (test/with-broker.ts), and stop too when the run is killed.
 */
import { listNodes, stopNode } from '../script/lib/broker-node.ts';

/** Environment variable that carries this process's ID to the workers: nodes belong to the whole run, not to a file. */
export const runVariable = 'HOPLIGHT_TEST_RUN';

/** The versions that a test of several should run on: HOPLIGHT_TEST_VERSIONS ('3.10,4.3'), else these. */
export const brokerVersions = (process.env.HOPLIGHT_TEST_VERSIONS ?? '3.10,4.3')
  .split(',')
  .map((v) => v.trim());

/** The management API learns of connections, consumers and rates each second instead of each fifth: tests wait for it. */
export const quickStatistics = [
  'collect_statistics_interval = 1000',
  'management.sample_retention_policies.global.minute = 1',
  'management.sample_retention_policies.basic.minute = 1',
  'management.sample_retention_policies.detailed.10 = 1',
];

/** Name of a run's node of one version, or for one thing: each worker has its own, since files stop it and give it alarms. */
export const nodeName = (run: number, what: string) => `test-${run}-${process.env.VITEST_POOL_ID}-${what}`;

export default function setup(): () => Promise<void> {
  process.env[runVariable] = String(process.pid);
  return async () => {
    const ours = listNodes().filter(({ name }) => name.startsWith(`test-${process.pid}-`));
    await Promise.all(ours.map(({ name }) => stopNode(name, { kill: true, wipe: true })));
  };
}
