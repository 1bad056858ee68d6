/**
 * A node that is down takes its queues without replicas with it; a memory or disk alarm of one node blocks every publisher of
 * the cluster. The broker keeps its own distance between setting and clearing an alarm.
 */
import type { Node } from '../model/broker.ts';
import type { Attention } from '../model/live.ts';
import { type BrokerRule, count, counted, type Look, mean, perSecond, span } from './rule.ts';

type About = Pick<Attention, 'code' | 'words' | 'figure'> & { node?: string };

const ofBroker = (look: Look, about: About): Attention => ({
  ...about,
  level: 'dead',
  vhost: '',
  queue: '',
  // What was so already at the first reading began nobody knows when.
  since: (look.past.totals?.() ?? []).length > 1 ? look.now : null,
});

const mebibytes = (n: number | null) => (n === null ? '' : `${Math.round(n / 1_048_576)} MiB`);

export const nodeDown: BrokerRule = (look) =>
  look.snapshot.nodes
    .filter((n) => !n.running)
    .map((n) =>
      ofBroker(look, {
        code: 'node_down',
        node: n.name,
        words: `Node ${n.name} is not running: its queues without replicas are gone with it. Start it again, and see its log for why it ended.`,
        figure: '',
      }),
    );

export const alarm: BrokerRule = (look) => {
  const { nodes, alarm: somewhere } = look.snapshot;
  const found = nodes
    .filter((n) => n.running && (n.memoryAlarm || n.diskAlarm))
    .map((n) => ofBroker(look, { code: 'alarm', node: n.name, ...wordsOf(n) }));
  if (found.length > 0 || somewhere !== true) return found;
  const words = 'A memory or disk alarm blocks publishers: see rabbitmq-diagnostics alarms.';
  return [ofBroker(look, { code: 'alarm', words, figure: '' })];
};

function wordsOf(n: Node): Pick<About, 'words' | 'figure'> {
  const memory = `Memory alarm on ${n.name}: publishers are blocked until it falls below ${mebibytes(n.memoryLimit) || 'its limit'}. Consume or purge what piles up.`;
  const disk = `Disk alarm on ${n.name}: publishers are blocked until more than ${mebibytes(n.diskFreeLimit) || 'its limit'} is free.`;
  const used = n.memoryAlarm && n.memoryUsed !== null ? `${mebibytes(n.memoryUsed)} used` : '';
  const free = n.diskAlarm && n.diskFree !== null ? `${mebibytes(n.diskFree)} free` : '';
  return {
    words: [n.memoryAlarm ? memory : '', n.diskAlarm ? disk : ''].filter(Boolean).join(' '),
    figure: used || free,
  };
}

/** Before an alarm the broker must have taken so much for its silence to mean something, messages a second. */
const WAS_BUSY = 1;

/** An alarm that is felt: connections wait to publish, or all publishing has stopped. */
export const publishersBlocked: BrokerRule = (look) => {
  const { snapshot, past } = look;
  if (alarm(look).length === 0) return [];
  const blocked = snapshot.blockedConnections ?? 0;
  const was = past.previous.some((a) => a.code === 'publishers_blocked');
  const silence = silenceOf(look);
  // A connection shows as blocked only after it tried to publish, and its list lags: silence alone is enough to stay.
  if (blocked === 0 && silence === null && !(was && snapshot.totals.publish === 0)) return [];
  const who =
    blocked > 0 ? `${counted(blocked, 'connection')} blocked from publishing` : 'Publishing has stopped';
  const before = silence
    ? `: nothing was published for ${span(silence.forMs)}, ${perSecond(silence.before)} before`
    : '';
  return [
    ofBroker(look, {
      code: 'publishers_blocked',
      words: `${who}${before}.`,
      figure: blocked > 0 ? `${count(blocked)} blocked` : '0/s',
    }),
  ];
};

/** Nothing at all was published at the last points, and something before; null: not so, or unknown. */
function silenceOf({ past, now }: Look): { forMs: number; before: number } | null {
  const points = (past.totals?.() ?? []).filter((p) => p.publish !== null);
  const first = points.findLastIndex((p) => p.publish !== 0) + 1;
  const from = points[first];
  const before = mean(points.slice(Math.max(0, first - 12), first), 'publish');
  return from && before !== null && before >= WAS_BUSY ? { forMs: now - from.at, before } : null;
}
