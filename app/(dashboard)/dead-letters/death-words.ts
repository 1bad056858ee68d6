/** The deaths of a message in words. Pure. */
import { clock, counted, duration } from '@/app/_ui/format';
import { readDeaths } from '@/lib/journey/deaths';
import type { Death } from '@/lib/model/death';
import type { Header } from '@/lib/model/message';
import { reasonWords } from '../_parts/reason';

export interface DeathLine {
  queue: string;
  /** `rejected in`, `expired after 30 s in`: the queue's name follows. */
  what: string;
  times: number;
  /** When it died so for the first time, ms since 1970: the broker keeps no later one. Null: not known. */
  firstAt: number | null;
  /** How it had come into that queue. */
  exchange: string;
  keys: readonly string[];
  /** Before the replay that brought it back. */
  earlier: boolean;
}

const WHAT: Record<string, string> = {
  rejected: 'rejected in',
  expired: 'expired in',
  maxlen: 'pushed out of the full queue',
  delivery_limit: 'given up at the delivery limit of',
};

/**
 * Oldest first. x-death has one entry for each queue and reason, with the time of the first death of that kind
 * only; what it was before a replay travels in x-original-death.
 */
export function deathLines(deaths: readonly Death[], headers: readonly Header[]): DeathLine[] {
  const original = headers
    .filter((h) => h.name === 'x-original-death')
    .map((h): Header => ({ ...h, name: 'x-death' }));
  const line =
    (earlier: boolean) =>
    (death: Death): DeathLine => ({
      queue: death.queue,
      what: whatOf(death),
      times: death.count,
      firstAt: death.at,
      exchange: death.exchange,
      keys: death.routingKeys,
      earlier,
    });
  const lines = [...readDeaths(original).map(line(true)), ...deaths.map(line(false))];
  // those of which no time is known stay where the broker put them: newest first
  return lines
    .map((one, i) => ({ one, i }))
    .sort(
      (a, b) =>
        Number(b.one.earlier) - Number(a.one.earlier) ||
        (a.one.firstAt ?? 0) - (b.one.firstAt ?? 0) ||
        b.i - a.i,
    )
    .map(({ one }) => one);
}

function whatOf({ reason, originalExpiration }: Death): string {
  if (reason === 'expired' && originalExpiration !== undefined && /^\d+$/.test(originalExpiration))
    return `expired after ${duration(Number(originalExpiration))} in`;
  return WHAT[reason] ?? `${reasonWords(reason)} in`;
}

/** "first rejected in billing at 09:58:00, 4 times in all". `now` decides which day is today. */
export function deathWords({ what, queue, times, firstAt }: DeathLine, now: number): string {
  const when = firstAt === null ? 'at a time that is not known' : `at ${clock(firstAt, now)}`;
  return `${times > 1 ? 'first ' : ''}${what} ${queue} ${when}${times > 1 ? `, ${counted(times, 'time')} in all` : ''}`;
}

/** The whole history as one sentence, oldest first; empty for a message that never died. */
export function historyWords(lines: readonly DeathLine[], replays: number, now: number): string {
  const of = (earlier: boolean) =>
    lines
      .filter((l) => l.earlier === earlier)
      .map((l) => deathWords(l, now))
      .join('; then ');
  const before = of(true);
  const after = of(false);
  const came = replays > 0 ? (replays === 1 ? 'replayed once' : `replayed ${counted(replays, 'time')}`) : '';
  const all = [before, came, after].filter(Boolean).join('; then ');
  return all === '' ? '' : `${all.charAt(0).toUpperCase()}${all.slice(1)}.`;
}
