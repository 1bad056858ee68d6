/** node broker-watch.ts OWNER-PID OWNER-START NODE: stops the node once its owner has ended, in whatever way. */
import { isAlive, isOwnedBy, knownNode, stopNode } from './broker-node.ts';
import { until } from './shell.ts';

const [pid = '', started = '', name = ''] = process.argv.slice(2);
const owner = { pid: Number(pid), started };
const isOurs = () => {
  const record = knownNode(name);
  return record !== undefined && isOwnedBy(record, owner);
};

await until(() => (isAlive(owner) && isOurs() ? undefined : true), Number.POSITIVE_INFINITY, 500);
// A node that somebody else has started anew under the same name is theirs to stop.
await stopNode(name, { owner });
