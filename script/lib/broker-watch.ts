/** node broker-watch.ts OWNER-PID OWNER-START NODE: stops the node once its owner has ended, in whatever way. */
import { isAlive, knownNode, stopNode } from './broker-node.ts';
import { until } from './shell.ts';

const [pid = '', started = '', name = ''] = process.argv.slice(2);
const owner = { pid: Number(pid), started };
const isOurs = () => {
  const now = knownNode(name)?.owner;
  return now?.pid === owner.pid && now.started === owner.started;
};

await until(() => (isAlive(owner) && isOurs() ? undefined : true), Number.POSITIVE_INFINITY, 500);
// A node that was started anew by somebody else under the same name is theirs to stop.
if (isOurs()) await stopNode(name);
