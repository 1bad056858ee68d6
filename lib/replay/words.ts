/** Jobs in words: for steps, the audit log and refusals. */
import { HoplightError } from '../model/errors.ts';
import type { Plan, ReplayRequest } from '../model/replay.ts';
import type { StateStore } from '../store/state.ts';
import type { End } from './control.ts';

export const NOTHING_SENT = 'Nothing was sent.';

export const countOf = (n: number) => (n === 1 ? '1 message' : `${n.toLocaleString('en-US')} messages`);

export function targetWords(plan: Plan): string {
  const [first, ...more] = plan.targets;
  if (!first) return 'nowhere';
  const name = first.exchange === '' ? first.routingKey : `exchange ${first.exchange}`;
  return more.length > 0 ? `${name} and ${more.length} more` : name;
}

/** What a job does, for the audit log. */
export function startWords({ act, queue, edit }: ReplayRequest, plan: Plan): string {
  const what = `${countOf(plan.selected)} of ${queue}${edit ? ', edited,' : ''}`;
  if (act === 'delete') return `Delete ${what}, each written to a file first`;
  return `${act === 'move' ? 'Move' : 'Replay'} ${what} to ${targetWords(plan)}`;
}

export function stepOf(end: End): string {
  const words = { done: 'Done', cancelled: 'Cancelled', failed: 'Failed', interrupted: 'Interrupted' }[
    end.state
  ];
  return end.note ? `${words}: ${end.note}` : words;
}

export function outcomeWords(state: StateStore, id: string, end: End): string {
  const c = state.counts(id);
  const out =
    state.getJob(id)?.request.act === 'delete'
      ? ([c.deleted, 'deleted'] as const)
      : ([c.confirmed + c.delivered + c.settled + c.diedAgain, 'confirmed'] as const);
  const parts = [
    out,
    [c.settled, 'settled'],
    [c.diedAgain, 'died again'],
    [c.returned, 'returned'],
    [c.skipped, 'skipped'],
    [c.unknown, 'unknown'],
    [c.possiblyDuplicated, 'possibly duplicated'],
  ] as const;
  const shown = parts.filter(([n], i) => i === 0 || n > 0).map(([n, what]) => `${n} ${what}`);
  return `${end.state}: ${shown.join(', ')}`;
}

export function taken(queue: string, who: string, jobId: string | null): HoplightError {
  return new HoplightError('conflict', `${queue} is being replayed by ${who}.`, {
    notDone: NOTHING_SENT,
    next: jobId ? `Wait for it, or look at it: /replays/${jobId}` : 'Wait for it to end, or cancel it there.',
  });
}
