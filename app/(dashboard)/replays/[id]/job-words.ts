/** A job in a sentence, and what its tiles mean. Pure. */
import { clock, count, counted } from '@/app/_ui/format';
import type { Shape } from '@/app/_ui/hop';
import type { ReplayCounts, ReplayJob } from '@/lib/model/replay';
import { confirmedOf } from '../../_parts/replay-outcomes';

/** What it came to, once nothing more is sent; null before. `now` decides which day is today. */
export function endWords(job: ReplayJob, now: number): string | null {
  const { counts: c, state, request } = job;
  if (state === 'following')
    return job.followUntil === null
      ? 'All sent. What becomes of the copies is followed.'
      : `All sent. The copies are followed until ${clock(job.followUntil, now)}.`;
  if (state !== 'done') return null;
  if (request.act === 'delete')
    return `${counted(c.deleted, 'message')} ${c.deleted === 1 ? 'was' : 'were'} written to the file and deleted.`;
  if (request.act === 'move')
    return `${counted(confirmedOf(c), 'message')} ${confirmedOf(c) === 1 ? 'was' : 'were'} moved.`;
  const parts = [
    c.settled > 0 ? `${count(c.settled)} settled` : '',
    c.delivered > 0 ? `${count(c.delivered)} delivered, no ack seen` : '',
    c.confirmed > 0 ? `${count(c.confirmed)} in their queue, not seen delivered` : '',
    c.diedAgain > 0 ? `${count(c.diedAgain)} died again` : '',
    c.returned + c.skipped > 0 ? `${count(c.returned + c.skipped)} stayed` : '',
    c.unknown > 0 ? `${count(c.unknown)} unknown` : '',
  ].filter(Boolean);
  return parts.length > 0 ? `Of ${counted(c.selected, 'message')}: ${parts.join('; ')}.` : null;
}

export interface Tile {
  label: string;
  hop: Shape;
  value: number;
  note: string;
}

/** One a row of the promise: each message is in exactly one of them. */
export function tilesOf(job: ReplayJob): Tile[] {
  const { counts: c, request, queue } = job;
  const left = c.waiting + c.sending;
  const goesOn = job.state === 'running' || job.state === 'paused' || job.state === 'planned';
  const waiting: Tile = {
    label: goesOn ? 'Waiting' : request.act === 'delete' ? 'Not deleted' : 'Not sent',
    hop: 'waiting',
    value: left,
    note: left > 0 ? `still in ${queue}` : 'none left',
  };
  const stayed: Tile = {
    label: 'Stayed',
    hop: 'returned',
    value: c.returned + c.skipped,
    note: stayedWords(c),
  };
  const unknown: Tile = {
    label: 'Unknown',
    hop: 'unknown',
    value: c.unknown,
    note: c.possiblyDuplicated > 0 ? `${count(c.possiblyDuplicated)} possibly twice` : 'none twice',
  };
  if (request.act === 'delete')
    return [
      { label: 'Deleted', hop: 'settled', value: c.deleted, note: 'first written to the file' },
      stayed,
      waiting,
      unknown,
    ];
  if (request.act === 'move')
    return [
      { label: 'Moved', hop: 'settled', value: confirmedOf(c), note: 'confirmed by the broker' },
      stayed,
      waiting,
      unknown,
    ];
  return [
    { label: 'Settled', hop: 'settled', value: c.settled, note: 'seen in a span' },
    { label: 'Delivered', hop: 'delivered', value: c.delivered, note: 'no ack seen yet' },
    { label: 'Confirmed', hop: 'replayed', value: c.confirmed, note: 'not seen delivered' },
    {
      label: 'Died again',
      hop: 'dead',
      value: c.diedAgain,
      note: c.diedAgain > 0 ? 'reasons below' : 'none seen',
    },
    stayed,
    waiting,
    unknown,
  ];
}

function stayedWords({ returned, skipped }: ReplayCounts): string {
  const words = [
    returned > 0 ? `${count(returned)} returned` : '',
    skipped > 0 ? `${count(skipped)} skipped` : '',
  ].filter(Boolean);
  return words.length > 0 ? words.join(', ') : 'none';
}
