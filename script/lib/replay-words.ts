/** Plans, jobs and dead-letter queues in words, for a terminal and for the logs of a CI job. */
import type { DeadLetterList } from '../../lib/model/api.ts';
import type { Plan, PlanWarning, ReplayCounts, ReplayJob } from '../../lib/model/replay.ts';
import { type ExitCode, exit } from './replay-help.ts';
import type { Requirement } from './replay-options.ts';

const number = (n: number) => n.toLocaleString('en-US');
const messages = (n: number | null) =>
  n === null ? 'an unknown number of messages' : n === 1 ? '1 message' : `${number(n)} messages`;
const known = (n: number | null) => (n === null ? 'unknown' : number(n));

export function planWords(plan: Plan, consent: readonly string[]): string {
  const { selected, inQueue, queue, queueType, brokerVersion } = plan;
  const lines = [
    `${messages(selected)}${plan.exact ? '' : ', as the broker counts,'} of ${number(inQueue)} in ${queue} (${queueType}, RabbitMQ ${brokerVersion})`,
  ];
  const add = (head: string, text: string) => lines.push(`  ${head.padEnd(8)} ${text}`);
  for (const { exchange, routingKey, messages: n, reaches, mayWrite } of plan.targets) {
    const way = exchange === '' ? 'the default exchange' : `exchange ${exchange}`;
    const may = mayWrite === 'no' ? ', where you may not write' : '';
    add('to', `${routingKey === '' ? '(no key)' : routingKey} by ${way}: ${messages(n)}${may}`);
    for (const { queue: name, type, consumers, depth } of reaches)
      add(
        '',
        `→ ${type} queue ${name}: ${known(consumers)} consumer${consumers === 1 ? '' : 's'}, ${known(depth)} waiting`,
      );
    if (reaches.length === 0) add('', '→ no queue');
  }
  for (const o of plan.origins)
    add('from', `${o.queue === '' ? '?' : `${o.queue}, by`} ${o.evidence}: ${messages(o.messages)}`);
  for (const s of plan.stays) add('stays', `${messages(s.messages)}: ${s.words}`);
  for (const c of plan.changes)
    add('changes', `${c.field} ${c.words}${c.messages === null ? '' : ` (${messages(c.messages)})`}`);
  add('reading', plan.reading.words);
  add('order', plan.keepsOrder ? 'kept: one at a time' : 'not kept');
  for (const w of plan.warnings) add(headOf(w, consent), `${w.code}: ${w.words}`);
  return lines.join('\n');
}

function headOf({ level, code }: PlanWarning, consent: readonly string[]): string {
  if (level === 'refuse') return 'REFUSED';
  if (level === 'consent') return consent.includes(code) ? 'agreed' : 'CONSENT';
  return 'note';
}

/** Codes that stand in the way of this plan, those that cannot be agreed to first. */
export function inTheWay(plan: Plan, consent: readonly string[]): string[] {
  const refused = plan.warnings.filter((w) => w.level === 'refuse');
  const open = plan.warnings.filter((w) => w.level === 'consent' && !consent.includes(w.code));
  return [...new Set([...refused, ...open].map((w) => w.code))];
}

const outcomes: [keyof ReplayCounts, string][] = [
  ['settled', 'settled'],
  ['delivered', 'delivered'],
  ['confirmed', 'confirmed'],
  ['deleted', 'deleted'],
  ['diedAgain', 'died again'],
  ['returned', 'returned'],
  ['skipped', 'skipped'],
  ['unknown', 'unknown'],
  ['sending', 'being sent'],
  ['waiting', 'not sent'],
];

export function countWords(counts: ReplayCounts): string {
  const parts = outcomes
    .filter(([name]) => counts[name] > 0)
    .map(([name, w]) => `${number(counts[name])} ${w}`);
  if (counts.possiblyDuplicated > 0) parts.push(`${number(counts.possiblyDuplicated)} possibly duplicated`);
  return parts.join(', ') || 'nothing yet';
}

/** One line of progress: the same again as long as nothing happens. */
export function progressWords({ state, counts, ratePerSecond, hold, note, phase }: ReplayJob): string {
  const rate = ratePerSecond === null || ratePerSecond < 1 ? '' : `, ${number(Math.round(ratePerSecond))}/s`;
  const why = hold?.words ?? note;
  return `${state}${phase === 'canary' ? ' (canary)' : ''}: ${countWords(counts)} of ${number(counts.selected)}${rate}${why ? `. ${why}` : ''}`;
}

/** Messages that ended as they should. */
function made({ counts, request }: ReplayJob, requirement: Requirement): number {
  const { settled, delivered, confirmed, deleted } = counts;
  if (request.act !== 'replay') return confirmed + delivered + settled + deleted;
  if (requirement === 'settled') return settled;
  return settled + delivered + (requirement === 'confirmed' ? confirmed : 0);
}

/** null while it still goes on by itself. */
export function endOf(job: ReplayJob, requirement: Requirement): { code: ExitCode; words: string } | null {
  const { state, counts, hold, note } = job;
  if (state === 'interrupted' || (state === 'paused' && !hold?.goesOn)) {
    const why = hold?.words ?? note;
    return { code: exit.waits, words: `${state}${why ? `: ${why}` : ''} (${countWords(counts)})` };
  }
  if (state !== 'done' && state !== 'cancelled' && state !== 'failed') return null;
  const there = made(job, requirement);
  const words = `${state}: ${countWords(counts)} of ${number(counts.selected)}${note ? `. ${note}` : ''}`;
  const all = state === 'done' && there === counts.selected;
  return { code: all ? exit.done : exit.notAll, words };
}

export function listWords({ queues, lost }: DeadLetterList): string {
  const lines: string[] = [];
  for (const q of queues) {
    lines.push(`${q.vhost} ${q.queue}: ${known(q.messages)} messages (${q.type})`);
    for (const c of q.causes)
      lines.push(
        `  ${number(c.count).padStart(7)}  ${c.originQueue} ${c.reason}${c.error === null ? '' : `: ${c.error}`}\n           --cause '${c.key.replaceAll("'", `'\\''`)}'`,
      );
    if (q.causesNote !== null) lines.push(`  ${q.causesNote}`);
  }
  for (const l of lost) lines.push(`${l.vhost} ${l.queue}: ${l.words}`);
  return lines.join('\n') || 'No dead-letter queues.';
}
