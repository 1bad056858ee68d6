/**
 * Why a run sends nothing for now, and how it goes on.
 *
 *              put (user, canary, brake, order)              lift
 *   going ───────────────────────────────────────▶ held ─────────────▶ going
 *     │                                              ▲ put
 *     │ full (the target took no more)               │
 *     └─ alone ──────────────────────────────────▶ backing off ──waited──▶ probing: one message alone
 *                                                    ▲                          │ refused again: twice as long
 *                                                    └──────────────────────────┤
 *                                                                     confirmed └─▶ going
 *
 * While it is held the source is closed: nothing is unacked, nothing can be taken for forgotten.
 */
import type { Hold } from '../model/replay.ts';
import type { StateStore } from '../store/state.ts';
import type { ReplayDeps } from './deps.ts';
import type { Journal } from './journal.ts';

const FIRST_BACK_OFF_MS = 1_000;
const LONGEST_BACK_OFF_MS = 60_000;

const FULL = 'The target takes no more messages: a queue that the copies reach is full and rejects.';

type HoldsDeps = Pick<ReplayDeps, 'clock' | 'backOffMs'> & { state: Pick<StateStore, 'updateJob'> };

export class Holds {
  readonly #d: HoldsDeps;
  readonly #jobId: string;
  readonly #journal: Journal;
  #hold: Hold | null = null;
  /** The hold that the store has. */
  #shown: Hold | null = null;
  #backOffMs: number;
  #probing = false;
  #refused = false;
  #probeFrom = 0;
  #isResting = false;
  #isOver = false;
  #wake: (() => void)[] = [];
  #rested: (() => void)[] = [];

  constructor(d: HoldsDeps, jobId: string, journal: Journal) {
    this.#d = d;
    this.#jobId = jobId;
    this.#journal = journal;
    this.#backOffMs = this.#first;
  }

  /** One message alone tries whether a full target has room again. */
  get probing(): boolean {
    return this.#probing;
  }

  /**
   * A user's hold replaces any other, and no other replaces a user's. One that goes on by itself does not replace one that
   * waits for somebody: with its end the job would go on though nobody said so.
   */
  put(hold: Hold): void {
    if (this.#hold?.by === 'user' && hold.by !== 'user') return;
    if (this.#hold && !this.#hold.goesOn && hold.goesOn) return;
    this.#hold = hold;
    this.#probing = false;
    this.stir();
  }

  /**
   * The target took no more; said once for a whole window. `alone`: nothing else gets a copy when it is tried again; where
   * others do, each try is one more for them, so somebody must ask for it.
   */
  full(alone: boolean, words?: string): void {
    this.#refused = true;
    if (this.#hold) return;
    const more = alone ? '' : ' The other queues have these copies: each further try gives them one more.';
    this.#hold = {
      by: 'target full',
      words: `${words ?? FULL}${more}`,
      at: this.#d.clock(),
      goesOn: alone,
    };
  }

  /** `by`: only a hold of that one. */
  lift(words = 'Goes on', by?: Hold['by']): void {
    if (!this.#hold || (by && this.#hold.by !== by)) return;
    this.#hold = null;
    this.#probing = false;
    this.#show(words);
    this.stir();
  }

  /** Whether the present round must end. `out`: originals that have left the queue. */
  stops(out: number): boolean {
    if (this.#probing) return this.#refused || out > this.#probeFrom;
    return this.#hold !== null;
  }

  /** A round begins. */
  begin(out: number): void {
    this.#refused = false;
    this.#probeFrom = out;
  }

  /** Returns when a round may begin: nothing holds it, or a full target is to be tried, or the run is over. */
  async rest(goesOn: () => boolean, atLimit: () => boolean): Promise<void> {
    if (this.#probing && !this.#refused) this.#probeWorked();
    while (goesOn() && (this.#hold || atLimit())) {
      this.#probing = false;
      this.#journal.flush();
      this.#show('Goes on');
      this.#isResting = true;
      for (const resolve of this.#rested.splice(0)) resolve();
      const hold = this.#hold;
      if (hold?.by !== 'target full' || !hold.goesOn) await this.#stirred();
      else if (await this.#waited(this.#backOffMs)) {
        if (this.#hold !== hold || atLimit()) continue;
        this.#backOffMs = Math.min(LONGEST_BACK_OFF_MS, this.#backOffMs * 2);
        this.#probing = true;
        break;
      }
    }
    this.#isResting = false;
  }

  /** Resolves when nothing is sent and nothing is held any more, or the run is over. */
  resting(): Promise<void> {
    if (this.#isOver || (this.#isResting && this.#shown === this.#hold)) return Promise.resolve();
    return new Promise((resolve) => this.#rested.push(resolve));
  }

  /** The run has ended: nobody waits any more. */
  over(): void {
    this.#isOver = true;
    this.stir();
    for (const resolve of this.#rested.splice(0)) resolve();
  }

  stir(): void {
    for (const resolve of this.#wake.splice(0)) resolve();
  }

  #probeWorked(): void {
    this.#probing = false;
    this.#backOffMs = this.#first;
    if (this.#hold?.by !== 'target full') return;
    this.#hold = null;
    this.#show('The target takes messages again');
  }

  /** State and hold in the store, with a step. */
  #show(lifted: string): void {
    const hold = this.#hold;
    if (hold === this.#shown) return;
    this.#shown = hold;
    const { state } = this.#d;
    if (hold) {
      state.updateJob(this.#jobId, { state: 'paused', hold });
      this.#journal.step(`Paused: ${hold.words}`);
    } else {
      state.updateJob(this.#jobId, { state: 'running', hold: null });
      this.#journal.step(lifted);
    }
  }

  get #first(): number {
    return this.#d.backOffMs ?? FIRST_BACK_OFF_MS;
  }

  #stirred(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  /** False when it was stirred before the time was over. */
  #waited(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(true), ms);
      this.#wake.push(() => {
        clearTimeout(timer);
        resolve(false);
      });
    });
  }
}
