/** What can be said of copies whose end is not known: where they are as far as one sees, and why no more is known. Pure. */
import type { Queue, Snapshot } from '../model/broker.ts';
import type { Gap } from '../model/fact.ts';
import type { ReplayJob, ReplayMessage } from '../model/replay.ts';
import { findQueue } from './queue-facts.ts';
import type { TapView } from './seen-deaths.ts';
import { SPAN_FAILED } from './stands.ts';
import { tookWords } from './took.ts';

export interface Known {
  now: number;
  snapshot: Snapshot | null;
  tap: TapView | null;
  /** Gaps of this vhost since the earliest of the rows. */
  gaps: readonly Gap[];
}

/** The rows, those that are confirmed or delivered with words for it in `reason`; the others as they are. */
export function explained(
  job: Pick<ReplayJob, 'vhost' | 'plan'>,
  rows: readonly ReplayMessage[],
  known: Known,
): ReplayMessage[] {
  return rows.map((row) => {
    if (row.outcome === 'confirmed') return { ...row, reason: row.reason ?? waits(job, row, known) };
    return row.outcome === 'delivered' ? { ...row, reason: noEnd(row, known.now) } : row;
  });
}

/** `to billing-2 (tag c1), no span for 17 s: settled or held, not known` */
function noEnd({ reason, at }: ReplayMessage, now: number): string {
  if (reason?.startsWith(SPAN_FAILED)) return reason;
  const silent = `no span for ${tookWords(now - at)}: settled or held, not known`;
  return reason === null ? silent : `${reason}, ${silent}`;
}

/** `in billing for 3 min, not yet delivered; 312 ready there, no consumers` */
function waits(job: Pick<ReplayJob, 'vhost' | 'plan'>, row: ReplayMessage, known: Known): string {
  const names = queuesOf(job, row);
  const where = names.length === 0 ? 'its target' : names.join(', ');
  const since = tookWords(known.now - row.at);
  const heard = names.length > 0 && names.every((name) => known.tap?.hears(name));
  if (!heard) {
    const why = known.tap?.hides ?? 'the tap of this vhost is off.';
    return `went into ${where} ${since} ago; what became of it is not seen: ${lower(why)}`;
  }
  const [first, ...others] = names.map(
    (name) => known.snapshot && findQueue(known.snapshot, job.vhost, name),
  );
  const queue = others.length === 0 ? first : null;
  const later = (known.snapshot?.readAt ?? 0) > row.at + SETTLES_MS;
  if (queue && later && queue.total === 0)
    return `no longer in ${where}, which is empty; its delivery was not seen${missed(row, known.gaps)}`;
  return `in ${where} for ${since}, not yet delivered${queue && later ? stateOf(queue) : ''}${missed(row, known.gaps)}`;
}

/** A reading that is younger than the copy by less may not count it yet, ms. */
const SETTLES_MS = 7_000;

function stateOf({ ready, consumers }: Queue): string {
  const parts = [
    ready === null ? '' : `${ready.toLocaleString('en-US')} ready there`,
    consumers === null ? '' : consumers === 0 ? 'no consumers' : '',
  ].filter(Boolean);
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`;
}

function missed(row: ReplayMessage, gaps: readonly Gap[]): string {
  const gap = gaps.find((g) => g.to === null || g.to > row.at);
  return gap ? `; it may have been missed: ${lower(gap.reason)}` : '';
}

function lower(sentence: string): string {
  const words = sentence.replace(/\.$/, '');
  return /^[A-Z][a-z]/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words;
}

/** By the default exchange the queue that is named; else where the plan says that its target leads. */
function queuesOf({ plan }: Pick<ReplayJob, 'plan'>, { exchange, routingKey }: ReplayMessage): string[] {
  if (exchange === '') return [routingKey];
  const target = plan.targets.find((t) => t.exchange === exchange && t.routingKey === routingKey);
  return target?.reaches.map((r) => r.queue) ?? [];
}
