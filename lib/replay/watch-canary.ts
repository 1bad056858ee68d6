/** The canary of one job: the first few alone, then the rest or a pause. */
import { log, wordsOf } from '../log.ts';
import type { Canary, Hold, ReplayMessage, ReplayOutcome } from '../model/replay.ts';
import { type CanaryCopy, type CanaryVerdict, judgeCanary } from './canary.ts';
import type { RunControl } from './control.ts';
import { type Deaths, deathsOf } from './seen-deaths.ts';
import { sendsSpans } from './stands.ts';
import { type Part, targetQueues, type WatchDeps, type Watched } from './watch.ts';
import { countOf } from './words.ts';

const SENT: readonly ReplayOutcome[] = [
  'confirmed',
  'delivered',
  'settled',
  'died again',
  'returned',
  'unknown',
];
const SENT_WORDS = 'Canary sent: ';
/** No more answers in so long: what was set aside counts against the limit of copies too, ms. */
const QUIET_MS = 3_000;
/** Without news the canary is judged at this pace, ms. */
const PACE_MS = 500;

export class CanaryWatch implements Part {
  readonly #o: WatchDeps;
  readonly #watched: Watched;
  readonly #control: RunControl;
  readonly #canary: Canary;
  /** When the last of the canary was answered. */
  #sentAt: number | null = null;
  #answeredAt: number | null = null;
  /** Without news it is not judged before. */
  #dueAt = 0;
  #state: 'going' | 'stopped' | 'over' = 'going';
  #hold: Hold | null = null;
  /** By queue: what came of reading its dead letters. */
  readonly #looked = new Map<string, 'looking' | 'looked' | 'hidden'>();
  readonly #spans = new Map<string, boolean>();

  constructor(o: WatchDeps, watched: Watched, control: RunControl, canary: Canary) {
    this.#o = o;
    this.#watched = watched;
    this.#control = control;
    this.#canary = canary;
    control.limit(canary.messages);
    // after an interruption it may be out already
    if (this.#rows().length > 0) this.answered();
  }

  answered(): void {
    this.#answeredAt = this.#o.d.clock();
  }

  tick(changed: boolean): void {
    const now = this.#o.d.clock();
    if (this.#state !== 'going' || this.#answeredAt === null) return;
    if (!changed && now < this.#dueAt) return;
    this.#dueAt = now + PACE_MS;
    const rows = this.#rows();
    if (this.#sentAt === null && !this.#isSent(rows)) return;
    this.#sentAt ??= this.#saySent(rows.length, this.#answeredAt);
    if (rows.length === 0) {
      this.#stop('Canary: no copy could be sent');
      return;
    }
    const deaths = new Map<string, Deaths['by']>();
    const copies = rows.map((row) => this.#copyOf(row, deaths));
    this.#act(judgeCanary(copies, this.#sentAt, now, this.#canary), copies);
  }

  /** When it was sent, which an earlier process may have said. */
  #saySent(n: number, at: number): number {
    const { d } = this.#o;
    const { id } = this.#watched.job;
    const said = d.state.getJob(id)?.steps.find(({ words }) => words.startsWith(SENT_WORDS));
    if (!said) this.#step(`${SENT_WORDS}${countOf(n)}`);
    return said?.at ?? at;
  }

  /**
   * Somebody lets it go on, whatever became of the canary. Who had paused it himself was not told of the canary's end, which
   * came meanwhile: it is held again, with those words.
   */
  resumed(held: Hold['by'] | null): void {
    if (this.#state !== 'stopped') return;
    if (held === 'user' && this.#hold) void this.#control.pause(this.#hold);
    else this.#toRest();
  }

  #act(verdict: CanaryVerdict, copies: readonly CanaryCopy[]): void {
    if (verdict.kind === 'look') this.#look(copies);
    if (verdict.kind === 'stop') this.#stop(verdict.words);
    if (verdict.kind !== 'passed') return;
    if (this.#canary.goOn) {
      this.#step(verdict.words);
      this.#toRest();
      return;
    }
    this.#stop(`${verdict.words}. Resume sends the rest`);
  }

  #stop(words: string): void {
    this.#state = 'stopped';
    this.#hold = { by: 'canary', words: `${words}.`, at: this.#o.d.clock(), goesOn: false };
    void this.#control.pause(this.#hold);
  }

  #toRest(): void {
    this.#state = 'over';
    this.#o.d.state.updateJob(this.#watched.job.id, { phase: 'rest' });
    this.#control.limit(null);
  }

  #rows(): ReplayMessage[] {
    return this.#o.d.state.messages(this.#watched.job.id, this.#canary.messages, 0, { outcomes: SENT });
  }

  #isSent(rows: readonly ReplayMessage[]): boolean {
    if (rows.length >= this.#canary.messages) return true;
    const rate = this.#watched.job.rate ?? Number.POSITIVE_INFINITY;
    const quiet = this.#o.d.clock() - (this.#answeredAt ?? 0);
    return (
      quiet > Math.max(QUIET_MS, 3_000 / rate) &&
      this.#o.d.state.unanswered(this.#watched.job.id).length === 0
    );
  }

  /** `deaths`: by queue, worked out once for all copies. */
  #copyOf(row: ReplayMessage, deaths: Map<string, Deaths['by']>): CanaryCopy {
    const { job } = this.#watched;
    const queue = row.exchange === '' ? row.routingKey : (targetQueues(job)[0] ?? row.exchange);
    const by = deaths.get(queue) ?? this.#deathsOf(queue).by;
    deaths.set(queue, by);
    const { outcome, reason, at } = row;
    return {
      outcome,
      reason,
      at,
      queue,
      spans: this.#hasSpans(row, queue),
      deaths: this.#knownBy(by, queue),
    };
  }

  #deathsOf(queue: string): Deaths {
    const { d } = this.#o;
    const { vhost, queue: own } = this.#watched.job;
    return deathsOf(d.snapshot(), d.tap?.(vhost) ?? null, vhost, queue, own);
  }

  #knownBy(by: Deaths['by'], queue: string): CanaryCopy['deaths'] {
    if (by === 'tap') return 'seen';
    if (by === 'nothing dies') return 'none';
    if (by === 'nobody') return 'hidden';
    const looked = this.#looked.get(queue) ?? 'looking';
    return looked === 'looking' ? 'ask' : looked;
  }

  /** Asked once a copy: its earlier attempts do not change. */
  #hasSpans(row: ReplayMessage, queue: string): boolean {
    const known = this.#spans.get(row.replayId);
    if (known !== undefined) return known;
    const spans = sendsSpans(this.#o.d.readHops?.(row.journey) ?? [], queue);
    this.#spans.set(row.replayId, spans);
    return spans;
  }

  /** Once for each queue, when the time is over. */
  #look(copies: readonly CanaryCopy[]): void {
    const { job, actor } = this.#watched;
    const { look } = this.#o;
    for (const queue of new Set(copies.filter((c) => c.deaths === 'ask').map((c) => c.queue))) {
      if (this.#looked.has(queue)) continue;
      if (!actor) {
        this.#looked.set(queue, 'hidden');
        continue;
      }
      this.#looked.set(queue, 'looking');
      const { queues } = this.#deathsOf(queue);
      Promise.all(queues.map((dead) => look(actor, job, dead))).then(
        (all) => void this.#looked.set(queue, all.every((one) => one.whole) ? 'looked' : 'hidden'),
        (error: unknown) => {
          log.warn('dead letters could not be looked through for a canary', {
            job: job.id,
            error: wordsOf(error),
          });
          this.#looked.set(queue, 'hidden');
        },
      );
    }
  }

  #step(words: string): void {
    const { state, clock } = this.#o.d;
    state.addJobStep(this.#watched.job.id, { at: clock(), words });
  }
}
