/** A memory or disk alarm blocks every publisher of the cluster; a node that is down takes its queues with it. */
import type { Node } from '../model/broker.ts';
import type { Attention } from '../model/live.ts';
import type { Rule } from './rule.ts';

const about = (words: string, figure: string): Attention => ({
  code: 'alarm',
  level: 'dead',
  vhost: '',
  queue: '',
  words,
  figure,
  since: null,
});

const mebibytes = (n: number | null) => (n === null ? '' : `${Math.round(n / 1_048_576)} MiB`);

function ofNode(n: Node): Attention[] {
  if (!n.running)
    return [about(`Node ${n.name} is not running: its queues without replicas are gone with it.`, '')];
  const found: Attention[] = [];
  if (n.memoryAlarm)
    found.push(
      about(
        `Memory alarm on ${n.name}: publishers are blocked until it falls below ${mebibytes(n.memoryLimit) || 'its limit'}. Consume or purge what piles up.`,
        `${mebibytes(n.memoryUsed)} used`,
      ),
    );
  if (n.diskAlarm)
    found.push(
      about(
        `Disk alarm on ${n.name}: publishers are blocked until more than ${mebibytes(n.diskFreeLimit) || 'its limit'} is free.`,
        `${mebibytes(n.diskFree)} free`,
      ),
    );
  return found;
}

export const alarm: Rule = (snapshot) => {
  const found = snapshot.nodes.flatMap(ofNode);
  const named = snapshot.nodes.some((n) => n.memoryAlarm || n.diskAlarm);
  if (snapshot.alarm === true && !named)
    found.push(about('A memory or disk alarm blocks publishers: see rabbitmq-diagnostics alarms.', ''));
  return found;
};
