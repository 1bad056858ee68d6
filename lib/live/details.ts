/**
 * What the common reading leaves out on large brokers (bytes, utilisation, idle since), read for those queues alone that
 * somebody looks at: once for all who look, one queue after another, within a part of the share.
 *
 *   unseen ──(looked at)──▶ due ──(its turn, while there is budget)──▶ told, or refused
 *   told ──(looked at, pace over)──▶ due      all ──(nobody looked for a minute)──▶ unseen
 *
 *   looks of any number of viewers   x x  x   x   x x              x
 *   questions to the broker          ▲        ▲     ▲              ▲      at least 5 s apart
 */
import type { Queue } from '../model/broker.ts';
import { queueKey } from '../model/names.ts';
import { contradicts } from './details-truth.ts';
import { createPacer } from './pace.ts';
import { type Failure, never, type Part, readPart } from './reading.ts';

/** What of the share for all readings these may take. */
const PART = 1 / 5;
const PACE_MS = 5_000;
/** What the account may not see is not asked for at each look. */
const REFUSED_MS = 30_000;
const REFUSALS = new Set(['forbidden', 'unauthenticated']);
/** Pages ask each 5 s: who has not for so long looks no more. */
const LOOKING_MS = 15_000;
const FORGET_MS = 60_000;
/** So many different queues are asked for at most; those that are looked at go before new ones. */
const MOST_QUEUES = 200;
/** ms of the broker's time that may be spent at once, when nobody had looked before. */
const BURST_MS = 300;
/** Three times what was measured on two slow cores, with 10,000 queues: what an answer took beyond that it has waited. */
const MOST_COST_MS = 6;
/** How long a viewer waits for an answer; longer, and it comes with the next look. */
const PATIENCE_MS = 1_000;

export interface DetailsDeps {
  /** Throws HoplightError; `not_found`: there is no such queue. */
  ask: (vhost: string, name: string) => Promise<Queue>;
  /** The queue of the common list. */
  listed: (vhost: string, name: string) => Queue | undefined;
  /** The broker tells another thing of a queue than the list does. Once for each such thing. */
  doubt: () => void;
  /** Of the time of one core, for all readings together. */
  share: number;
  clock: () => number;
  patience?: (ms: number) => Promise<unknown>;
}

export interface Details {
  /**
   * What is known of a queue that somebody looks at, asked for before if it is due and `mayAsk`. Never rejects;
   * `askedAt` null without a failure: its turn has not come.
   */
  look(vhost: string, name: string, mayAsk?: boolean): Promise<Part<Queue>>;
  /** From one question for a queue to the next at present, ms. */
  everyMs(): number;
  /** What of the time is kept for these: 0 while nobody looks. */
  share(): number;
  /** The last answer, while somebody looks. */
  last(): { readAt: number | null; tookMs: number };
}

interface Entry {
  vhost: string;
  name: string;
  part: Part<Queue>;
  lookedAt: number;
  /** Since when it is to be asked for; null: it is not. */
  dueSince: number | null;
  answered: PromiseWithResolvers<void>;
  /** What it was that the list was doubted for. */
  doubted: string | null;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());

export function createDetails(d: DetailsDeps): Details {
  const part = d.share * PART;
  const patience = d.patience ?? pause;
  const pacer = createPacer<'queue'>(part);
  const entries = new Map<string, Entry>();
  let budget = { ms: BURST_MS, at: d.clock() };
  let working: Promise<void> | null = null;
  let last: { readAt: number | null; tookMs: number } = { readAt: null, tookMs: 0 };

  const looking = (now: number) => [...entries.values()].filter((e) => now - e.lookedAt < LOOKING_MS).length;
  /** In whole seconds: it is sent to every viewer when it changes. */
  const everyMs = () => {
    const ms = (looking(d.clock()) * (pacer.costOf('queue') ?? 0)) / part;
    return Math.max(PACE_MS, Math.ceil(ms / 1_000) * 1_000);
  };

  function budgetMs(): number {
    const now = d.clock();
    budget = { ms: Math.min(BURST_MS, budget.ms + (now - budget.at) * part), at: now };
    return budget.ms;
  }

  function entryOf(vhost: string, name: string, now: number): Entry | null {
    const key = queueKey(vhost, name);
    const known = entries.get(key);
    const keepMs = entries.size < MOST_QUEUES ? FORGET_MS : LOOKING_MS;
    for (const [other, e] of entries) if (other !== key && now - e.lookedAt >= keepMs) entries.delete(other);
    if (known || entries.size >= MOST_QUEUES) return known ?? null;
    const entry: Entry = {
      vhost,
      name,
      part: never(),
      lookedAt: now,
      dueSince: null,
      answered: Promise.withResolvers(),
      doubted: null,
    };
    entries.set(key, entry);
    return entry;
  }

  function isOver({ part: { askedAt, failed } }: Entry, now: number): boolean {
    const refused = failed !== null && REFUSALS.has(failed.code);
    return askedAt === null || now - askedAt >= Math.max(everyMs(), refused ? REFUSED_MS : 0);
  }

  /** Ends when nothing is due, or the budget is spent: then the next look goes on with it. */
  async function work(): Promise<void> {
    // `working` is set before it can end
    await undefined;
    for (let next = longestDue(); next && budgetMs() > 0; next = longestDue()) await ask(next);
    working = null;
  }

  function longestDue(): Entry | undefined {
    const since = d.clock() - LOOKING_MS;
    return [...entries.values()]
      .filter((e) => e.dueSince !== null && e.lookedAt > since)
      .sort((a, b) => (a.dueSince ?? 0) - (b.dueSince ?? 0))[0];
  }

  async function ask(entry: Entry): Promise<void> {
    const { vhost, name } = entry;
    entry.part = await readPart(entry.part, () => d.ask(vhost, name), d.clock);
    const { askedAt: readAt, tookMs, failed } = entry.part;
    entry.dueSince = null;
    pacer.took('queue', tookMs, MOST_COST_MS);
    budget.ms -= Math.min(tookMs, MOST_COST_MS);
    if (!failed) last = { readAt, tookMs };
    compare(entry);
    entry.answered.resolve();
    entry.answered = Promise.withResolvers();
  }

  /** A difference that a new list did not mend is no reason for another one. */
  function compare(entry: Entry): void {
    const listed = d.listed(entry.vhost, entry.name);
    const found = listed ? contradicts(listed, entry.part) : null;
    if (found !== null && found !== entry.doubted) d.doubt();
    entry.doubted = found;
  }

  return {
    async look(vhost, name, mayAsk = true) {
      const now = d.clock();
      const entry = entryOf(vhost, name, now);
      if (!entry) return { ...never(), failed: tooMany(now) };
      entry.lookedAt = now;
      if (!mayAsk) return entry.part;
      if (isOver(entry, now)) entry.dueSince ??= now;
      if (entry.dueSince === null) return entry.part;
      working ??= work();
      await Promise.race([entry.answered.promise, working, patience(PATIENCE_MS)]);
      return entry.part;
    },
    everyMs,
    share: () => (looking(d.clock()) > 0 ? part : 0),
    last: () => (looking(d.clock()) > 0 ? last : { readAt: null, tookMs: 0 }),
  };
}

function tooMany(now: number): Failure {
  return {
    code: 'busy',
    why: `Details of ${MOST_QUEUES} queues are read already, as many as are read at once.`,
    mend: 'They are read when somebody closes another queue.',
    since: now,
  };
}
