/**
 * What becomes of the copies, into the journal: from single facts at once, from spans by a look at the copy's journey, where
 * deliveries, deaths and spans are put together.
 *
 *   taps ──facts of copies──▶ row                       delivered, died again
 *          └──▶ journey of an open copy ◀──spans── services
 *                      └──(looked at, some ms at a time)──▶ row   settled, died again, delivered
 *
 * Cheap: only journeys of copies that are open are read, only when something new was told of them, never a whole job.
 */
import { log, wordsOf } from '../log.ts';
import type { Fact } from '../model/fact.ts';
import type { Hop } from '../model/journey.ts';
import type { ReplayJob } from '../model/replay.ts';
import type { CopyChange, StateStore } from '../store/state.ts';
import { copiesIn } from './facts.ts';
import { standsIn } from './stands.ts';

export interface OutcomesDeps {
  state: Pick<StateStore, 'noteCopies' | 'openCopies'>;
  /** ms since 1970 */
  clock: () => number;
  /** The journey's hops as it stands; null when it is gone. Absent: spans are not read. */
  readHops?: ((journey: string) => readonly Hop[] | null) | undefined;
  /** Who was given the copy, in words. */
  whoTook?: (fact: Fact) => string | null;
  /** When a watched job ended; null while it goes on. */
  endedAt: (jobId: string) => number | null;
  /** Rows of these jobs have changed. */
  changed: (jobIds: ReadonlySet<string>) => void;
}

export interface Outcomes {
  /** The copies of this job are watched from now on; what its journal has open already, too. */
  watch(job: Pick<ReplayJob, 'id' | 'endedAt'>): void;
  /** What was found out elsewhere. */
  note(changes: readonly CopyChange[]): void;
  /** Facts about copies, after they were stored. */
  noteFacts(facts: readonly Fact[]): void;
  /** These journeys got spans, which are stored. */
  noteSpans(journeys: readonly string[]): void;
  stop(): void;
}

/** How long after its end a job's copies are still watched, ms. */
export const WATCHED_MS = 6 * 3_600_000;
/** Copies watched at a time; the longest watched give way. */
const MOST_COPIES = 100_000;
/** Journeys with spans whose copies may come late. */
const MOST_EARLY = 20_000;
/** A span is often followed by others of its batch. */
const FIRST_LOOK_MS = 200;
/** Pace and length of looking while there is more to look at, ms: a fifth of the time, two fifths while much waits. */
const PACE_MS = 100;
const WORK_MS = 20;
const MUCH = 200;
/** On a machine that is busy with other things the clock alone would let hardly any through. */
const LEAST = 10;
/** Rows of a journal that are read in one go. */
const CHUNK = 5_000;

interface Open {
  /** Copies of it that are not at an end. */
  left: number;
  /** Spans came before anything else that is to be told. */
  spanned: boolean;
}

export function createOutcomes(d: OutcomesDeps): Outcomes {
  /** By job: when it ended; null while it goes on. */
  const watched = new Map<string, number | null>();
  /** Replay ID to journey, longest watched first. */
  const copies = new Map<string, string>();
  const open = new Map<string, Open>();
  const toLook = new Set<string>();
  /** Journeys that got spans and have no open copy: a busy tap may bring the copy itself later. Oldest first. */
  const early = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let leftOut = 0;
  let stopped = false;

  function add(replayId: string, journey: string): void {
    if (copies.has(replayId)) return;
    copies.set(replayId, journey);
    const known = open.get(journey);
    if (known) known.left++;
    else open.set(journey, { left: 1, spanned: early.delete(journey) });
    for (const [oldest] of copies) {
      if (copies.size <= MOST_COPIES) break;
      if (leftOut++ === 0)
        log.warn(
          'more copies of replays are open than are watched: spans of the earliest are not looked for',
          {
            watched: MOST_COPIES,
          },
        );
      remove(oldest);
    }
  }

  function remove(replayId: string): void {
    const journey = copies.get(replayId);
    if (journey === undefined) return;
    copies.delete(replayId);
    const entry = open.get(journey);
    if (entry && --entry.left <= 0) open.delete(journey);
  }

  function remember(journey: string): void {
    early.delete(journey);
    early.add(journey);
    const [oldest] = early;
    if (early.size > MOST_EARLY && oldest !== undefined) early.delete(oldest);
  }

  function lookAt(journey: string): void {
    if (!d.readHops || stopped) return;
    toLook.add(journey);
    timer ??= setTimeout(look, FIRST_LOOK_MS).unref();
  }

  function look(): void {
    timer = null;
    const changes: CopyChange[] = [];
    let looks = 0;
    const end = performance.now() + (toLook.size > MUCH ? 2 : 1) * WORK_MS;
    for (const journey of toLook) {
      toLook.delete(journey);
      try {
        changes.push(...standsIn(d.readHops?.(journey) ?? []).filter((c) => watched.has(jobOf(c.replayId))));
      } catch (error) {
        log.warn('a journey could not be read for a receipt', { journey, error: wordsOf(error) });
      }
      if (++looks >= LEAST && performance.now() > end) break;
    }
    try {
      write(changes);
    } catch (error) {
      // in a timer it would end the process; the next span or fact tells it again
      log.warn('what became of copies could not be written', { error: wordsOf(error) });
    }
    if (toLook.size > 0 && !stopped) timer = setTimeout(look, PACE_MS).unref();
  }

  function write(changes: readonly CopyChange[]): void {
    if (changes.length === 0) return;
    const made = d.state.noteCopies(changes);
    for (const change of changes) if (isEnd(change)) remove(change.replayId);
    if (made.length > 0) d.changed(new Set(made.map((c) => jobOf(c.replayId))));
  }

  function forgetOld(): void {
    const now = d.clock();
    const old = new Set<string>();
    for (const [id, known] of watched) {
      const endedAt = known ?? d.endedAt(id);
      watched.set(id, endedAt);
      if (endedAt !== null && endedAt < now - WATCHED_MS && watched.delete(id)) old.add(id);
    }
    if (old.size === 0) return;
    for (const replayId of [...copies.keys()]) if (old.has(jobOf(replayId))) remove(replayId);
  }

  return {
    watch({ id, endedAt }) {
      forgetOld();
      const isNew = !watched.has(id);
      watched.set(id, endedAt);
      if (!isNew) return;
      for (let after = -1, full = true; full; ) {
        const rows = d.state.openCopies(id, after, CHUNK);
        for (const { seq, journey } of rows) add(`${id}.${seq}`, journey);
        after = rows.at(-1)?.seq ?? after;
        // of more than are watched the last would push out the first
        full = rows.length === CHUNK && copies.size < MOST_COPIES;
      }
    },

    note: write,

    noteFacts(facts) {
      for (const fact of facts) {
        const { replayId } = fact.ids;
        if (replayId === undefined || !watched.has(jobOf(replayId))) continue;
        if (fact.source !== 'read') add(replayId, fact.journey);
        // what came after a death, and what a span told of before its delivery was stored, takes the whole journey
        const died = fact.source !== 'replay' && (fact.deaths?.length ?? 0) > 0;
        if (died || open.get(fact.journey)?.spanned) lookAt(fact.journey);
      }
      write(copiesIn(facts, d.whoTook));
    },

    noteSpans(journeys) {
      for (const journey of journeys) {
        const entry = open.get(journey);
        if (!entry) {
          if (watched.size > 0) remember(journey);
          continue;
        }
        entry.spanned = true;
        lookAt(journey);
      }
    },

    stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
    },
  };
}

/** A copy that died may come back through a retry queue, and the span that says why it was rejected comes after its death. */
function isEnd({ outcome, by, reason }: CopyChange): boolean {
  if (outcome === 'settled') return true;
  return outcome === 'died again' && by === 'journey' && (reason?.includes(': ') ?? false);
}

/** `x-replay-id` is the job's ID, a dot, and the sequence number. */
export function jobOf(replayId: string): string {
  return replayId.slice(0, Math.max(0, replayId.lastIndexOf('.')));
}
