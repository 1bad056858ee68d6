/**
 * One cause, one line: what follows from it stands under it. A symptom belongs to the first cause of this table that explains
 * it; what explains that cause in turn takes both. Each explains only what stands below it, so that nothing turns in a ring.
 *
 *   cause                explains
 *   node_down            queue_down, unknown, no_consumer of its queues, or of consumers lost with it; every minority
 *   alarm                publishers_blocked
 *   queue_down           all of that queue but its dead letters; queue_down of its node's other queues
 *   consumers_flapping   no_consumer and all below, of that queue; consumers_flapping of the same client
 *   no_consumer          growing, near_limit of that queue; no_consumer of other queues that the same client left
 *   redelivery_storm     unacked_stuck, growing, near_limit of that queue
 *   unacked_stuck        growing, near_limit of that queue
 *   growing              near_limit of that queue
 *   all from flapping    dead letters of that queue, where no other queue can have sent them: by flapping, storm and
 *                        no_consumer; by unacked_stuck and growing if its messages expire or are pushed out; by near_limit
 *                        unless it refuses. Letters that lay there before are a matter of their own
 */
import type { Queue } from '../model/broker.ts';
import type { Attention } from '../model/live.ts';
import { Causes } from './causes.ts';
import type { Look } from './rule.ts';

const levels: readonly Attention['level'][] = ['unknown', 'warn', 'dead'];

/** `found` gravest first, and again by queue. A line has the gravest level of what is folded under it. */
export function fold(
  found: readonly Attention[],
  look: Look,
  byQueue: ReadonlyMap<Queue, readonly Attention[]>,
): Attention[] {
  if (found.length < 2) return [...found];
  const causes = new Causes(found, look, byQueue);
  const lines = new Map<Attention, Attention[]>();
  const folded: [symptom: Attention, root: Attention][] = [];
  for (const a of found) {
    const root = causes.rootOf(a);
    if (root === a) lines.set(a, []);
    else folded.push([a, root]);
  }
  for (const [symptom, root] of folded) lines.get(root)?.push(symptom);
  return [...lines].map(([line, symptoms]) => withSymptoms(line, symptoms));
}

function withSymptoms(line: Attention, symptoms: readonly Attention[]): Attention {
  if (symptoms.length === 0) return line;
  const worst = symptoms.reduce(
    (level, s) => Math.max(level, levels.indexOf(s.level)),
    levels.indexOf(line.level),
  );
  return {
    ...line,
    level: levels[worst] ?? line.level,
    symptoms: inOrder(symptoms).map(({ vhost, queue, words }) => ({ vhost, queue, words })),
  };
}

/** Gravest code first, by name within: by their messages they would change places at each reading. */
function inOrder(symptoms: readonly Attention[]): Attention[] {
  const name = (a: Attention) => `${a.vhost}\u0000${a.queue}`;
  return [...Map.groupBy(symptoms, (a) => a.code).values()].flatMap((all) =>
    all
      .map((a) => ({ a, name: name(a) }))
      .sort((x, y) => (x.name < y.name ? -1 : 1))
      .map(({ a }) => a),
  );
}
