/** Which deliveries are known to be finished: the counting behind *settled*, from a journey's summary alone. */
import { type EndTally, LIMIT, type SummaryState } from './summary-state.ts';

/** Clocks of services and of the tap differ; what ended this much before a death may have been its cause. */
const SKEW_MS = 1_000;

interface End {
  ok: boolean;
  /** It names the sender of a message of this journey, and no queue for certain. */
  known: boolean;
  queue: string | null;
  senders: readonly string[];
  at: number;
}
interface Ends {
  /** One for each delivery that was processed; a settle span below it is folded in. */
  processed: End[];
  /** Settle spans of which it is not known under which processing they are. */
  settled: End[];
}

/** The consumers' ends in this journey; a process span and the settle span below it speak of one delivery. */
export function endsOf(s: SummaryState): Ends {
  const all = new Map(s.ends ?? []);
  const sent = new Set(
    (s.messages ?? []).flatMap(([, m]) => (m.deliveredAt === null ? [] : (m.sender ?? []))),
  );
  const known = (end: EndTally) => !end.sure && end.senders.some((id) => sent.has(id));
  const answers = new Map<string, EndTally>();
  const settled: End[] = [];
  // the outermost of the processing spans above: a framework's stands inside a library's
  const workAbove = (end: EndTally): string | null => {
    let top: string | null = null;
    for (let id = end.parent, step = 0; id !== null && step < 6; step++) {
      const above = all.get(id);
      if (above?.op !== 'process') break;
      top = id;
      id = above.parent;
    }
    return top;
  };
  for (const end of all.values()) {
    if (end.op !== 'settle') continue;
    const work = workAbove(end);
    if (work !== null) {
      const before = answers.get(work);
      if (!before || before.at <= end.at) answers.set(work, end);
    } else if (end.here) settled.push({ ...end, known: known(end) });
  }
  const processed = [...all].flatMap(([id, end]): End[] => {
    if (end.op !== 'process' || !end.here) return [];
    if (end.parent !== id && workAbove(end) !== null) return [];
    const answer = answers.get(id);
    // what the consumer answered to the broker counts for more than how its work went
    return [
      { ...end, known: known(end), ok: answer?.ok ?? end.ok, queue: end.queue ?? answer?.queue ?? null },
    ];
  });
  for (const bad of settled.filter((e) => !e.ok)) giveBack(bad, processed);
  return { processed, settled };
}

/** The consumer's answer without a parent in common: of the work on the same message it is about the nearest in time. */
function giveBack(answer: End, processed: readonly End[]): void {
  const same = processed.filter(
    (p) => p.queue === answer.queue && p.senders.some((id) => answer.senders.includes(id)),
  );
  const gap = (p: End) => Math.abs(p.at - answer.at);
  const [nearest] = same.sort((a, b) => gap(a) - gap(b));
  if (nearest) nearest.ok = false;
}

/**
 * True when every first delivery that did not die is known to be finished. A process span and a settle span may speak
 * of the same delivery without saying so: each kind is counted by itself, and never both together.
 */
export function allSettled(s: SummaryState): boolean {
  const { processed, settled } = endsOf(s);
  const needs = needsOf(s);
  const total = [...needs.values()].reduce((sum, n) => sum + n.need, 0);
  if (total === 0) return s.counts.deliveries === 0 && spansSayDone(processed);
  if ((s.ends ?? []).length >= LIMIT && total >= LIMIT) return s.counts.settled >= total;
  const byProcess = finished(processed, needs);
  const bySettle = finished(settled, needs);
  let both = 0;
  for (const [queue, { need }] of needs)
    both += Math.min(need, Math.max(byProcess.in.get(queue) ?? 0, bySettle.in.get(queue) ?? 0));
  return Math.max(byProcess.all, bySettle.all, both) >= total;
}

/** With no tap to count deliveries: each message's last processing in each queue that a consumer named went well. */
function spansSayDone(processed: readonly End[]): boolean {
  const last = new Map<string, End>();
  for (const end of processed) {
    if (end.queue === null) continue;
    const key = JSON.stringify([end.queue, end.senders]);
    const before = last.get(key);
    if (!before || before.at < end.at || (before.at === end.at && !end.ok)) last.set(key, end);
  }
  return last.size > 0 && [...last.values()].every((end) => end.ok);
}

interface Need {
  /** First deliveries, less those that a consumer rejected to death. */
  need: number;
  rejected: number;
  diedAt: number;
}

function needsOf(s: SummaryState): Map<string, Need> {
  const needs = new Map<string, Need>();
  for (const [queue, tally] of s.queues) {
    const first = Math.max(tally.first, tally.again > 0 ? 1 : 0);
    if (first > 0) needs.set(queue, { need: first, rejected: 0, diedAt: 0 });
  }
  for (const [, death] of s.deaths) {
    const need = needs.get(death.queue);
    if (!need || death.reason === 'expired' || death.reason === 'maxlen') continue;
    need.need = Math.max(0, need.need - death.count);
    need.rejected += death.count;
    need.diedAt = Math.max(need.diedAt, death.at);
  }
  return needs;
}

/** Ends that went well: in each queue at most as many as it needs, and in all with those that name none of these queues. */
function finished(
  ends: readonly End[],
  needs: ReadonlyMap<string, Need>,
): { in: Map<string, number>; all: number } {
  const inQueue = new Map<string, number>();
  let all = ends.filter((e) => e.ok && e.known && !needs.has(e.queue ?? '')).length;
  for (const [queue, { need, rejected, diedAt }] of needs) {
    const own = ends.filter((e) => e.queue === queue);
    const after = own.filter((e) => e.ok && e.at > diedAt + SKEW_MS).length;
    const before = own.filter((e) => e.at <= diedAt + SKEW_MS);
    const failed = before.filter((e) => !e.ok).length;
    // a rejection whose span does not tell of it looks like an end that went well
    const well =
      diedAt === 0
        ? own.filter((e) => e.ok).length
        : after + Math.max(0, before.length - failed - Math.max(0, rejected - failed));
    const counted = Math.min(need, well);
    inQueue.set(queue, counted);
    all += counted;
  }
  return { in: inQueue, all };
}

/** How many deliveries out of the queue the spans alone prove. */
export function takenBySpans(s: SummaryState, queue: string): number {
  const { processed, settled } = endsOf(s);
  const count = (ends: readonly End[]) => {
    const own = ends.filter((e) => e.queue === queue);
    const well = own.filter((e) => e.ok).length;
    return well > 0 ? well : Math.min(1, own.length);
  };
  return Math.max(count(processed), count(settled));
}
