/** The brake of one running job. */
import { log, wordsOf } from '../log.ts';
import type { Brake, Hold } from '../model/replay.ts';
import { judgeBrake, type Reading } from './brake.ts';
import type { RunControl } from './control.ts';
import { findQueue } from './queue-facts.ts';
import { deathsOf } from './seen-deaths.ts';
import { Sparingly } from './sparingly.ts';
import { tookWords } from './took.ts';
import { type Part, targetQueues, type WatchDeps, type Watched } from './watch.ts';

/** How old the shared reading of the broker may be while it decides, ms; on a large broker four times what a reading takes. */
const FRESH_MS = 1_000;

export class BrakeWatch implements Part {
  readonly #o: WatchDeps;
  readonly #watched: Watched;
  readonly #control: RunControl;
  readonly #brake: Brake;
  readonly #queues: string[];
  readonly #counting: Sparingly;
  #held: Hold | null = null;
  #diedAgain = 0;
  /** Those that somebody has seen and let the job go on. */
  #seen = 0;
  #recount = true;
  #reading = false;

  constructor(o: WatchDeps, watched: Watched, control: RunControl, brake: Brake) {
    this.#o = o;
    this.#watched = watched;
    this.#control = control;
    this.#brake = brake;
    this.#queues = targetQueues(watched.job);
    this.#counting = new Sparingly(o.d.clock);
    if (brake.diedAgain !== undefined) this.#sayUnseen();
  }

  tick(changed: boolean): void {
    const { d } = this.#o;
    this.#recount ||= changed;
    if (this.#brake.diedAgain !== undefined && this.#recount && this.#counting.isDue()) {
      this.#recount = false;
      this.#diedAgain = this.#counting.do(() => d.state.counts(this.#watched.job.id).diedAgain);
    }
    const looks = this.#brake.depth !== undefined || this.#brake.unacked !== undefined;
    if (looks) this.#refresh();
    const now = d.clock();
    const seen = {
      diedAgain: this.#diedAgain - this.#seen,
      targets: looks ? this.#queues.map((queue) => this.#readingOf(queue)) : [],
    };
    this.#apply(judgeBrake(this.#brake, seen, this.#held, now), now);
  }

  /** Somebody let it go on: what braked until now does not brake again. */
  resumed(): void {
    this.#seen = this.#diedAgain;
    this.#held = null;
  }

  #apply(hold: Hold | null, now: number): void {
    const before = this.#held;
    this.#held = hold;
    if (hold && (!before || before.goesOn !== hold.goesOn)) void this.#control.pause(hold);
    else if (!hold && before)
      this.#control.go(`Went on after ${tookWords(now - before.at)} braked: ${this.#underWords()}`, 'brake');
  }

  #underWords(): string {
    const parts = this.#queues.map((queue) => {
      const { depth, unacked } = this.#readingOf(queue);
      return `${queue} holds ${(this.#brake.depth === undefined ? unacked : depth)?.toLocaleString('en-US')}`;
    });
    return parts.slice(0, 3).join(', ');
  }

  /** A brake on what cannot be seen must not look like safety. */
  #sayUnseen(): void {
    const { d } = this.#o;
    const { id, vhost, queue: own, steps } = this.#watched.job;
    const tap = d.tap?.(vhost) ?? null;
    const unseen = this.#queues.filter((queue) => {
      const { by } = deathsOf(d.snapshot(), tap, vhost, queue, own);
      return by === 'reading' || by === 'nobody';
    });
    if (unseen.length === 0) return;
    const words = `No tap sees what dies out of ${unseen.slice(0, 3).join(', ')}: the brake knows of those that die again only when they are read`;
    if (!steps.some((step) => step.words === words)) d.state.addJobStep(id, { at: d.clock(), words });
  }

  #readingOf(queue: string): Reading {
    const snapshot = this.#o.d.snapshot();
    const found = snapshot && findQueue(snapshot, this.#watched.job.vhost, queue);
    return {
      queue,
      depth: found?.total ?? null,
      unacked: found?.unacked ?? null,
      at: snapshot?.readAt ?? null,
    };
  }

  /** The poll's pace is made for people; a brake needs it fresher. */
  #refresh(): void {
    const { d } = this.#o;
    const snapshot = d.snapshot();
    const age = snapshot ? d.clock() - snapshot.readAt : Number.POSITIVE_INFINITY;
    if (this.#reading || age < Math.max(FRESH_MS, 4 * (snapshot?.tookMs ?? 0))) return;
    this.#reading = true;
    d.refresh()
      .catch((error: unknown) =>
        log.warn('the broker could not be read for a brake', { error: wordsOf(error) }),
      )
      .finally(() => {
        this.#reading = false;
      });
  }
}
