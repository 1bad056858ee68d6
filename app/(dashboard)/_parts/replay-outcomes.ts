/** How outcomes and states of a replay are drawn and said. Pure. */
import type { Shape } from '@/app/_ui/hop';
import type { ReplayCounts, ReplayJob, ReplayMessage, ReplayOutcome, ReplayState } from '@/lib/model/replay';
import { whereText } from '@/lib/model/where';
import { reasonWords } from './reason';

const outcomes: Record<ReplayOutcome, Shape> = {
  waiting: 'waiting',
  sending: 'replayed',
  confirmed: 'replayed',
  delivered: 'delivered',
  settled: 'settled',
  'died again': 'dead',
  returned: 'returned',
  skipped: 'returned',
  deleted: 'settled',
  unknown: 'unknown',
};
export const outcomeHop = (outcome: ReplayOutcome): Shape => outcomes[outcome];

const states: Record<ReplayState, Shape> = {
  planned: 'waiting',
  running: 'replayed',
  paused: 'warn',
  following: 'delivered',
  done: 'settled',
  cancelled: 'returned',
  failed: 'dead',
  interrupted: 'warn',
};
export const stateHop = (state: ReplayState): Shape => states[state];

/** At most so many messages are on their way at once: within so many a stop acts. lib/replay/deps.ts has it for the engine. */
export const WINDOW = 500;

export const windowWords = (keepOrder: boolean): string =>
  keepOrder ? 'one message' : `one window of at most ${WINDOW} messages`;

/** It may still send. */
export const isOpen = (state: ReplayState): boolean =>
  state === 'planned' || state === 'running' || state === 'paused' || state === 'interrupted';

/** Copies that the broker has in a queue, whatever became of them since; of a deletion, what was taken out. */
export function confirmedOf(c: ReplayCounts): number {
  return c.confirmed + c.delivered + c.settled + c.diedAgain + c.deleted;
}

/** Messages with which the job is through: also those that stay. */
export function dealtWith(c: ReplayCounts): number {
  return c.selected - c.waiting - c.sending;
}

/** Rows that need a look: they stayed, died again, or nobody can say. */
export const failedOutcomes: readonly ReplayOutcome[] = ['died again', 'returned', 'skipped', 'unknown'];
export const failedOf = (c: ReplayCounts): number => c.diedAgain + c.returned + c.skipped + c.unknown;

/** Copies of which more may be learnt. */
export const openOutcomes: readonly ReplayOutcome[] = ['confirmed', 'delivered'];

/** Time left at the present rate, ms; null when nobody can say. */
export function timeLeft(job: Pick<ReplayJob, 'counts' | 'ratePerSecond' | 'state'>): number | null {
  const open = job.counts.waiting + job.counts.sending;
  if (job.state !== 'running' || !job.ratePerSecond || open === 0) return null;
  return (open / job.ratePerSecond) * 1_000;
}

/** Where its copies go, in words: `billing`, `exchange orders`, `billing and 2 more`. */
export function targetOf(job: Pick<ReplayJob, 'plan'>): string {
  const [first, ...more] = job.plan.targets;
  if (!first) return 'nowhere';
  const name = first.exchange === '' ? first.routingKey : `exchange ${first.exchange}`;
  return more.length > 0 ? `${name} and ${more.length} more` : name;
}

/** What was selected: a word for what it is, and its name where it has one. `timeout calling psp` of a cause. */
export function selectionOf({ request, plan }: Pick<ReplayJob, 'request' | 'plan'>): [string, string | null] {
  const { select } = request;
  // the request is told without the edit, whose values are its sender's
  const edited = plan.changes.some(({ field }) => field === 'x-replay-edited') ? ', edited' : '';
  if (select.kind === 'all') return ['all that lay there', null];
  if (select.kind === 'messages')
    return [plan.selected === 1 ? `one message${edited}` : 'messages picked one by one', null];
  if (select.kind === 'filter') return ['filter', whereText(select.filter)];
  const [key, ...more] = select.keys;
  return key !== undefined && more.length === 0
    ? ['cause', causeWords(key)]
    : [`${select.keys.length} causes`, null];
}

/** The error of a cause, or its reason where no service wrote one. */
function causeWords(key: string): string {
  try {
    const parts: unknown = JSON.parse(key);
    if (Array.isArray(parts)) {
      const [queue, reason, error]: unknown[] = parts;
      if (typeof error === 'string') return error;
      if (typeof reason === 'string') return typeof queue === 'string' ? `${reason} in ${queue}` : reason;
    }
  } catch {
    // a key of an older build
  }
  return key;
}

/** How it is known what became of a message. */
export function sourceOf(
  message: Pick<ReplayMessage, 'outcome'>,
): { kind: 'observed' | 'inferred'; how: string } | null {
  switch (message.outcome) {
    case 'settled':
      return { kind: 'observed', how: 'a span of its consumer, or its ack' };
    case 'died again':
      return { kind: 'observed', how: 'the tap saw the copy die' };
    case 'delivered':
      return { kind: 'inferred', how: 'the tap saw it delivered; whether it was settled, no span says' };
    case 'confirmed':
    case 'returned':
      return { kind: 'observed', how: "the broker's answer to the publish" };
    case 'skipped':
      return { kind: 'observed', how: 'it was read, and could not be sent' };
    case 'deleted':
      return { kind: 'observed', how: "written to the job's file, then acknowledged" };
    default:
      return null;
  }
}

/** RabbitMQ's reason at the start of a receipt's words, as people say it: `delivery_limit: TypeError` → "delivery limit: TypeError". */
export function deathWords(reason: string): string {
  return reason.replace(/^(?:delivery_limit|maxlen)\b/, reasonWords);
}
