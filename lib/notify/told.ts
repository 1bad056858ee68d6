/**
 * What there is to tell, and when. Pure: what is seen and the time go in, what is due comes out.
 *
 *   unseen ──seen──▶ holding ──there for HOLD_MS──▶ ready ──in a letter that arrived──▶ told ──repeat──▶ told
 *                       │                                                               │  ▲
 *                       └──away for OVER_MS──▶ forgotten                 away for OVER_MS   └ worse: ready again
 *                                                                                       ▼
 *                                                            over ──in a letter that arrived──▶ forgotten
 *
 * Whatever becomes ready within GROUP_MS of the first goes in one letter; one that comes and goes is told once. While the broker
 * cannot be read nothing of it is ready and nothing is over: only that it cannot be read is told.
 */
import type { Problem, Told } from '../model/notification.ts';

/** A problem must be there for so long, ms. */
export const HOLD_MS = 30_000;
/** … and away for so long to be over. */
export const OVER_MS = 60_000;
/** After a start the rules need some minutes of readings until they see again what they saw before. */
export const AFTER_START_MS = 600_000;
/** Ready changes wait so long for others. */
export const GROUP_MS = 10_000;
const HOUR_MS = 3_600_000;
/** Letters an hour; what comes beyond waits and goes in one. */
export const MOST_AN_HOUR = 30;

interface Known {
  problem: Problem;
  /** Since when this process sees it, and sees it at its present level. */
  seenAt: number;
  levelAt: number;
  /** Since when it is not seen; null: it is there. */
  goneAt: number | null;
  told: { firstAt: number; at: number; level: Problem['level'] } | null;
  /** It was told before this start and not seen since. */
  unseen: boolean;
  /** It is said under its cause now, as a symptom. */
  folded: boolean;
}

export interface Memory {
  known: ReadonlyMap<string, Known>;
  /** The broker cannot be read. */
  blind: boolean;
  /** When the letters of the last hour were begun. */
  letters: readonly number[];
}

/** What a letter is about. */
export interface Draft {
  opened: Problem[];
  lasting: Problem[];
  /** With when they were seen last. */
  resolved: { problem: Problem; until: number }[];
}

/** `told`: what an earlier process has told of and not told the end of. */
export function remembered(told: readonly Told[]): Memory {
  const known = told.map(({ problem, firstAt, at }): [string, Known] => [
    problem.key,
    {
      problem,
      seenAt: firstAt,
      levelAt: firstAt,
      goneAt: null,
      told: { firstAt, at, level: problem.level },
      unseen: true,
      folded: false,
    },
  ]);
  return { known: new Map(known), blind: false, letters: [] };
}

/** A reading: all that needs a look. `blind`: the broker cannot be read, and `seen` says that alone. */
export function observed(memory: Memory, seen: readonly Problem[], blind: boolean, now: number): Memory {
  const known = new Map<string, Known>();
  const there = new Set(seen.map((p) => p.key));
  const folded = new Set(seen.flatMap((p) => p.symptoms.map((s) => placeOf(s))));
  for (const [key, before] of memory.known) {
    if (there.has(key)) continue;
    const one = inThePast(before, now);
    if (blind && !isOfReading(one.problem)) {
      known.set(key, one);
      continue;
    }
    // what is said under its cause is not over
    const isFolded = one.told !== null && folded.has(placeOf(one.problem));
    const goneAt = isFolded ? null : (one.goneAt ?? now);
    if (one.told === null && goneAt !== null && now - goneAt >= OVER_MS) continue;
    known.set(key, { ...one, goneAt, folded: isFolded });
  }
  for (const problem of seen) {
    const last = memory.known.get(problem.key);
    const before = last && inThePast(last, now);
    known.set(problem.key, {
      problem,
      seenAt: before && !before.unseen ? before.seenAt : now,
      levelAt: before?.problem.level === problem.level ? before.levelAt : now,
      goneAt: null,
      told: before?.told ?? null,
      unseen: false,
      folded: false,
    });
  }
  return { ...memory, known, blind };
}

/** The clock was set back: what is to come by it has been, or nothing would be told until it has caught up. */
function inThePast(one: Known, now: number): Known {
  const { seenAt, levelAt, goneAt, told } = one;
  if (Math.max(seenAt, levelAt, goneAt ?? 0, told?.at ?? 0) <= now) return one;
  return {
    ...one,
    seenAt: Math.min(seenAt, now),
    levelAt: Math.min(levelAt, now),
    goneAt: goneAt === null ? null : Math.min(goneAt, now),
    told: told && { ...told, at: Math.min(told.at, now) },
  };
}

function lettersLately({ letters }: Memory, now: number): number[] {
  return letters.filter((at) => at > now - HOUR_MS && at <= now);
}

/** What is to be told now; null: nothing yet. `repeatMs` 0: what lasts is told once. */
export function due(memory: Memory, now: number, repeatMs: number): Draft | null {
  if (lettersLately(memory, now).length >= MOST_AN_HOUR) return null;
  const ready = changes(memory, repeatMs).filter((change) => change.at <= now);
  if (!ready.some((change) => change.at + GROUP_MS <= now)) return null;
  const repeats = ready.some((change) => change.what === 'lasting');
  const draft: Draft = { opened: [], lasting: [], resolved: [] };
  for (const { what, one } of ready) {
    if (what === 'opened') draft.opened.push(one.problem);
    else if (what === 'resolved') draft.resolved.push({ problem: one.problem, until: one.goneAt ?? now });
  }
  if (repeats)
    // together from now on: what was told some time after another would else be repeated by itself for ever
    draft.lasting = changes(memory, repeatMs / 2).flatMap(({ what, at, one }) =>
      what === 'lasting' && at <= now ? [one.problem] : [],
    );
  return draft;
}

/** How many changes wait: ready, or put off by the limit an hour. */
export function waiting(memory: Memory, now: number, repeatMs: number): number {
  return changes(memory, repeatMs).filter((change) => change.at <= now).length;
}

/** A letter goes out at `now`. */
export function begun(memory: Memory, now: number): Memory {
  return { ...memory, letters: [...lettersLately(memory, now), now] };
}

/** The letter arrived. `told` is to be kept over restarts, `over` no longer. */
export function arrived(
  memory: Memory,
  draft: Draft,
  now: number,
): { memory: Memory; told: Told[]; over: string[] } {
  const known = new Map(memory.known);
  const told: Told[] = [];
  for (const problem of [...draft.opened, ...draft.lasting]) {
    const one = known.get(problem.key);
    const firstAt = one?.told?.firstAt ?? now;
    told.push({ problem, firstAt, at: now });
    // it may be away already: then that is told in its turn
    if (one) known.set(problem.key, { ...one, told: { firstAt, at: now, level: problem.level } });
    else
      known.set(problem.key, {
        problem,
        seenAt: now,
        levelAt: now,
        goneAt: now,
        told: { firstAt, at: now, level: problem.level },
        unseen: false,
        folded: false,
      });
  }
  for (const { problem } of draft.resolved) {
    const one = known.get(problem.key);
    if (one && one.goneAt === null)
      known.set(problem.key, { ...one, told: null, seenAt: now, levelAt: now }); // it came back meanwhile
    else known.delete(problem.key);
  }
  return { memory: { ...memory, known }, told, over: draft.resolved.map((r) => r.problem.key) };
}

interface Change {
  what: 'opened' | 'lasting' | 'resolved';
  /** When it is, or was, ready. */
  at: number;
  one: Known;
}

function changes(memory: Memory, repeatMs: number): Change[] {
  return [...memory.known.values()].flatMap((one): Change[] => {
    if (memory.blind && !isOfReading(one.problem)) return [];
    const { told, goneAt, seenAt, levelAt, problem } = one;
    if (goneAt !== null)
      return told ? [{ what: 'resolved', at: goneAt + (one.unseen ? AFTER_START_MS : OVER_MS), one }] : [];
    if (told === null) return [{ what: 'opened', at: seenAt + HOLD_MS, one }];
    if (problem.level === 'dead' && told.level === 'warn')
      return [{ what: 'opened', at: levelAt + HOLD_MS, one }];
    return repeatMs > 0 && !one.unseen && !one.folded
      ? [{ what: 'lasting', at: Math.max(told.at + repeatMs, seenAt), one }]
      : [];
  });
}

function isOfReading({ code }: Problem): boolean {
  return code === 'broker_away' || code === 'broker_unread';
}

function placeOf(at: { vhost: string; queue: string }): string {
  return `${at.vhost}\u0000${at.queue}`;
}
