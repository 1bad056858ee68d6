/**
 * The queues as lists show them. A row in which nothing changed is the very same object as at the reading before: what
 * each viewer was sent is compared with what is, and most of ten thousand queues rest.
 */
import { type Queue, queueKey } from '../model/broker.ts';
import type { Attention, QueueRow } from '../model/live.ts';
import { isSame } from '../model/same.ts';

type Spark = QueueRow['spark'];

/** `attention`: gravest first; the first of a queue is the one that its row says. */
export function createRows(): (
  queues: readonly Queue[],
  sparkOf: (vhost: string, name: string) => Spark,
  attention: readonly Attention[],
) => readonly QueueRow[] {
  let before: readonly QueueRow[] = [];
  /** What each row was made of. */
  let madeOf: readonly Queue[] = [];

  return (queues, sparkOf, attention) => {
    const worst = worstOf(attention);
    // nearly always a queue stands where it stood; the places are looked up when one does not
    let places: Map<string, QueueRow> | null = null;
    const wasOf = (queue: Queue, place: number) => {
      const there = before[place];
      if (there?.name === queue.name && there.vhost === queue.vhost) return there;
      places ??= new Map(before.map((row) => [queueKey(row.vhost, row.name), row]));
      return places.get(queueKey(queue.vhost, queue.name));
    };
    const rows = queues.map((queue, place) => {
      const was = wasOf(queue, place);
      const spark = sparkOf(queue.vhost, queue.name);
      const its = worst.get(queue.vhost)?.get(queue.name) ?? null;
      const same = madeOf[place] === queue && was === before[place];
      if (was && (same || rests(was, queue)) && isSame(was.spark, spark) && isSame(was.attention, its))
        return was;
      return { ...queue, spark, attention: its };
    });
    before = rows;
    madeOf = queues;
    return rows;
  };
}

function rests(was: QueueRow, queue: Queue): boolean {
  for (const name in queue) {
    const field = name as keyof Queue;
    if (!isSame(was[field], queue[field])) return false;
  }
  // one that is gone: only optional fields can be
  return Object.keys(was).length === Object.keys(queue).length + 2;
}

/** By vhost and name. */
function worstOf(attention: readonly Attention[]): Map<string, Map<string, Attention>> {
  const worst = new Map<string, Map<string, Attention>>();
  for (const one of attention) {
    if (one.queue === '') continue;
    const its = worst.get(one.vhost) ?? new Map<string, Attention>();
    worst.set(one.vhost, its);
    if (!its.has(one.queue)) its.set(one.queue, one);
  }
  return worst;
}
