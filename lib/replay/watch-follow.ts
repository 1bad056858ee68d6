/** The following of one job that has sent everything. */
import { log, wordsOf } from '../log.ts';
import type { ReplayJob } from '../model/replay.ts';
import type { ReplayDeps } from './deps.ts';
import { judgeFollowing, QUIET_MS } from './follow.ts';
import { type Deaths, deathsOf } from './seen-deaths.ts';
import { Sparingly } from './sparingly.ts';
import { sendsSpans } from './stands.ts';
import { type Part, targetQueues, type WatchDeps, type Watched } from './watch.ts';

/** Without news the end is judged at this pace, ms. */
const PACE_MS = 1_000;
/** Rows whose journeys tell whether the targets' consumers report spans. */
const SAMPLE = 5;

/** Why nobody hears of the targets' deliveries; null: somebody does, at least of some. */
export function blindWords(d: Pick<ReplayDeps, 'tap'>, job: ReplayJob): string | null {
  const tap = d.tap?.(job.vhost) ?? null;
  if (targetQueues(job).some((queue) => tap?.hears(queue))) return null;
  return `What becomes of the copies cannot be seen. ${tap?.hides ?? 'The tap of this vhost is off.'}`;
}

export class FollowWatch implements Part {
  readonly #o: WatchDeps;
  readonly #watched: Watched;
  readonly #done: (note: string | null) => void;
  readonly #counting: Sparingly;
  #quietSince: number;
  #judgedAt = 0;
  #changed = true;
  #isOver = false;
  #counts = '';
  /** When the dead letters were last read through; `failed`: they cannot be. */
  #looked: { at: number; state: 'looking' | 'looked' | 'failed' } | null = null;

  constructor(o: WatchDeps, watched: Watched, done: (note: string | null) => void) {
    this.#o = o;
    this.#watched = watched;
    this.#done = done;
    this.#counting = new Sparingly(o.d.clock);
    this.#quietSince = o.d.clock();
  }

  tick(changed: boolean): void {
    this.#changed ||= changed;
    const now = this.#o.d.clock();
    if (this.#isOver || (!this.#changed && now - this.#judgedAt < PACE_MS) || !this.#counting.isDue()) return;
    this.#changed = false;
    this.#judgedAt = now;
    this.#counting.do(() => this.#judge(now));
  }

  #judge(now: number): void {
    const { d } = this.#o;
    const { job } = this.#watched;
    const counts = d.state.counts(job.id);
    const text = JSON.stringify(counts);
    if (text !== this.#counts) this.#quietSince = now;
    this.#counts = text;
    const blind = counts.confirmed + counts.delivered > 0 ? blindWords(d, job) : null;
    if (blind !== null) {
      this.#end(blind);
      return;
    }
    const verdict = judgeFollowing({
      counts,
      now,
      until: job.followUntil ?? now,
      quietSince: this.#quietSince,
      spans: counts.delivered > 0 && this.#spans(),
      deathsKnown: counts.delivered === 0 || this.#deathsKnown(now),
    });
    if (verdict) this.#end(verdict.note);
  }

  #end(note: string | null): void {
    this.#done(note);
    this.#isOver = true;
  }

  #spans(): boolean {
    const { d } = this.#o;
    const rows = d.state.messages(this.#watched.job.id, SAMPLE, 0, { outcomes: ['delivered', 'settled'] });
    return rows.some((row) => {
      const queues = row.exchange === '' ? [row.routingKey] : targetQueues(this.#watched.job);
      const hops = d.readHops?.(row.journey) ?? [];
      return queues.some((queue) => sendsSpans(hops, queue));
    });
  }

  /** Where no tap sees deaths, the dead letters are read through once all is quiet. */
  #deathsKnown(now: number): boolean {
    const { d } = this.#o;
    const { job } = this.#watched;
    const tap = d.tap?.(job.vhost) ?? null;
    const all = targetQueues(job).map((queue) => deathsOf(d.snapshot(), tap, job.vhost, queue, job.queue));
    if (all.some(({ by }) => by === 'nobody')) return false;
    const unseen = all.filter(({ by }) => by === 'reading');
    if (unseen.length === 0) return true;
    const since = this.#looked && this.#looked.at >= this.#quietSince + QUIET_MS ? this.#looked.state : null;
    if (since === null && now - this.#quietSince >= QUIET_MS && this.#looked?.state !== 'looking')
      this.#look(unseen, now);
    return since === 'looked';
  }

  #look(unseen: readonly Deaths[], now: number): void {
    const { job, actor } = this.#watched;
    if (!actor) {
      this.#looked = { at: now, state: 'failed' };
      return;
    }
    this.#looked = { at: now, state: 'looking' };
    const queues = new Set(unseen.flatMap((one) => one.queues));
    Promise.all([...queues].map((queue) => this.#o.look(actor, job, queue))).then(
      (found) => {
        this.#looked = { at: now, state: found.every((one) => one.whole) ? 'looked' : 'failed' };
        this.#changed = true;
      },
      (error: unknown) => {
        log.warn('dead letters could not be looked through for copies', {
          job: job.id,
          error: wordsOf(error),
        });
        this.#looked = { at: now, state: 'failed' };
        this.#changed = true;
      },
    );
  }
}
