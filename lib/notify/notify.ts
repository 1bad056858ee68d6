/**
 * Tells a webhook what needs a look, as readings show it.
 *
 *   idle ──something is due──▶ delivering ──arrived──▶ idle
 *                                  └──given up──▶ pausing (PAUSE_MS) ──▶ idle
 *
 * One letter at a time, so that what is told of one problem arrives in its order. A letter that was given up is not kept: what it
 * told is still untold, and the next one is made of what is true then. At least once: a stop between arrival and writing that down
 * tells it again, with the same `key` of each problem.
 */
import { randomUUID } from 'node:crypto';
import { log, wordsOf } from '../log.ts';
import type { NotificationStatus } from '../model/live.ts';
import type { Problem } from '../model/notification.ts';
import type { ToldStore } from '../store/state.ts';
import { deliver, post, type Receiver } from './deliver.ts';
import { type Head, letterOf, testLetter } from './letter.ts';
import { type Picture, problemsOf } from './problems.ts';
import { arrived, begun, type Draft, due, type Memory, observed, remembered, waiting } from './told.ts';

export interface NotifySettings extends Receiver {
  /** 0: what lasts is told once. */
  repeatMs: number;
  level: Problem['level'];
  publicUrl: string | null;
}

export interface NotifierDeps {
  /** null: no webhook is set. */
  settings: NotifySettings | null;
  look: () => Picture & Pick<Head, 'cluster' | 'version'>;
  store: ToldStore;
  /** ms since 1970 */
  clock: () => number;
  fetch: typeof fetch;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  random?: () => number;
  /** ms; tests tick themselves with 0. */
  tickMs?: number;
}

export interface NotifierCounts {
  /** Letters that arrived, and that were given up. */
  arrived: number;
  givenUp: number;
  /** Tries that did not arrive. */
  failedTries: number;
}

export interface Notifier {
  start(): void;
  /** Looks now, and begins a letter where one is due. Resolves when that is delivered or given up. */
  tick(): Promise<void>;
  status(): NotificationStatus;
  counts(): NotifierCounts;
  /** One try, at once, beside all others. `words`: why it did not arrive; null: it did. */
  test(by: string): Promise<{ words: string | null }>;
  stop(): Promise<void>;
}

const TICK_MS = 1_000;
const PAUSE_MS = 300_000;

export function createNotifier(d: NotifierDeps): Notifier {
  const { settings } = d;
  return settings ? new Teller(d, settings) : silent;
}

const silent: Notifier = {
  start() {},
  async tick() {},
  status: () => ({ state: 'off', to: null, since: null, lastSentAt: null, waiting: 0, words: null }),
  counts: () => ({ arrived: 0, givenUp: 0, failedTries: 0 }),
  test: async () => ({ words: 'no webhook is set' }),
  async stop() {},
};

class Teller implements Notifier {
  readonly #d: NotifierDeps;
  readonly #s: NotifySettings;
  readonly #stop = new AbortController();
  readonly #counts: NotifierCounts = { arrived: 0, givenUp: 0, failedTries: 0 };
  #memory: Memory;
  #delivering: { draft: Draft; done: Promise<void> } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #trouble: { since: number; words: string } | null = null;
  #lastSentAt: number | null = null;
  #pausedUntil = 0;
  /** When the list was read that was looked at last. */
  #readAt: number | null = null;

  constructor(d: NotifierDeps, settings: NotifySettings) {
    this.#d = d;
    this.#s = settings;
    this.#memory = remembered(d.store.told());
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.tick().catch((error: unknown) => log.error('notifications failed', { error: wordsOf(error) }));
    }, this.#d.tickMs ?? TICK_MS).unref();
  }

  async tick(): Promise<void> {
    const now = this.#d.clock();
    const picture = this.#d.look();
    if (this.#stop.signal.aborted) return;
    // thousands of queues may need a look: what was looked at is not looked at again
    if (picture.freshness !== 'live' || picture.readAt !== this.#readAt) {
      const { seen, blind } = problemsOf(picture, this.#s.level, now);
      this.#memory = observed(this.#memory, seen, blind, now);
      this.#readAt = blind ? null : picture.readAt;
    }
    // no pause is longer: the clock was set back
    if (this.#pausedUntil - now > PAUSE_MS) this.#pausedUntil = 0;
    if (this.#delivering || now < this.#pausedUntil) return;
    const draft = due(this.#memory, now, this.#s.repeatMs);
    if (!draft) return;
    this.#memory = begun(this.#memory, now);
    const done = this.#tell(draft, {
      id: randomUUID(),
      now,
      ...picture,
      publicUrl: this.#s.publicUrl,
    }).finally(() => {
      this.#delivering = null;
    });
    this.#delivering = { draft, done };
    await done;
  }

  status(): NotificationStatus {
    return {
      state: this.#trouble ? 'failing' : 'on',
      to: new URL(this.#s.url).host,
      since: this.#trouble?.since ?? null,
      lastSentAt: this.#lastSentAt,
      waiting: waiting(this.#memory, this.#d.clock(), this.#s.repeatMs),
      words: this.#trouble?.words ?? null,
    };
  }

  counts(): NotifierCounts {
    return { ...this.#counts };
  }

  async test(by: string): Promise<{ words: string | null }> {
    const { cluster, version } = this.#d.look();
    const { publicUrl } = this.#s;
    const head: Head = { id: randomUUID(), now: this.#d.clock(), cluster, version, publicUrl };
    const tried = await post(this.#to(), JSON.stringify(testLetter(by, head)), this.#stop.signal);
    if (tried.arrived) this.#went();
    else this.#failed(tried.words);
    return { words: tried.arrived ? null : tried.words };
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#stop.abort();
    await this.#delivering?.done;
  }

  async #tell(draft: Draft, head: Head): Promise<void> {
    const body = JSON.stringify(letterOf(draft, head));
    const isThere = await deliver(this.#to(), body, (words) => this.#failed(words), this.#stop.signal);
    if (isThere) {
      this.#went();
      const after = arrived(this.#memory, draft, this.#d.clock());
      this.#memory = after.memory;
      this.#d.store.putTold(after.told, after.over);
    } else if (!this.#stop.signal.aborted) {
      this.#counts.givenUp++;
      this.#pausedUntil = this.#d.clock() + PAUSE_MS;
      log.warn('a notification was given up; what it told is told with the next', {
        why: this.#trouble?.words,
      });
    }
  }

  #to() {
    const { fetch, wait, random = Math.random } = this.#d;
    return { receiver: this.#s, fetch, wait, random };
  }

  #went(): void {
    this.#counts.arrived++;
    this.#lastSentAt = this.#d.clock();
    if (this.#trouble) log.info('notifications arrive again');
    this.#trouble = null;
  }

  /** Said once when it begins. */
  #failed(words: string): void {
    if (this.#stop.signal.aborted) return;
    this.#counts.failedTries++;
    if (!this.#trouble) log.warn('notifications do not arrive', { why: words });
    this.#trouble = { since: this.#trouble?.since ?? this.#d.clock(), words };
  }
}
