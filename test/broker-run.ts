/**
 * Set-up of the integration project: names the run, and at its end stops and wipes the nodes that its files started.
 * The nodes themselves start on first use (test/with-broker.ts), and stop too when the run is killed.
 */
import { listNodes, stopNode } from '../script/lib/broker-node.ts';

/** Environment variable that carries this process's ID to the workers: nodes belong to the whole run, not to a file. */
export const runVariable = 'HOPLIGHT_TEST_RUN';

/** Name of a run's node of one version; 'own' where the machine chooses the version. */
export const nodeName = (run: number, version = 'own') => `test-${run}-${version}`;

export default function setup(): () => Promise<void> {
  process.env[runVariable] = String(process.pid);
  return async () => {
    const ours = listNodes().filter(({ name }) => name.startsWith(`test-${process.pid}-`));
    await Promise.all(ours.map(({ name }) => stopNode(name, { kill: true, wipe: true })));
  };
}
