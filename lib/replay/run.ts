/**
 * The engine: moves the frozen messages of one job, one window at a time. States of the job are drawn in control.ts.
 * A run works in *rounds*: it opens the queue, reads it from its head, sends what belongs to the job, puts back all that stays
 * and closes it. A round ends with a pause, with a limit that is reached, or when messages that stay have been unacked for so
 * long that the broker might take them away (its consumer timeout); the next one passes over what was dealt with.
 *
 * A message leaves the queue only by the ack after its confirm (flight.ts), and its row is on disk before its copy is sent
 * (journal.ts), so a crash at any point can send one again, never lose it.
 */
import type { ConsumeMessage } from 'amqplib';
import { log, wordsOf } from '../log.ts';
import type { Hold, ReplayMessage } from '../model/replay.ts';
import { Answers, BREAKER } from './answers.ts';
import { Chooser } from './chooser.ts';
import type { End, RunControl } from './control.ts';
import { DEFAULT_WINDOW, type ReplayDeps } from './deps.ts';
import { Flight } from './flight.ts';
import { Holds } from './holds.ts';
import { Journal } from './journal.ts';
import { Pace } from './pace.ts';
import { aheadFor, RoundClock, TakenBack } from './round.ts';
import { readJournal } from './rows.ts';
import { isMendable, type RunInput } from './run-input.ts';
import type { LetterSource } from './source.ts';
import { Interrupted, isolate, markUnknown } from './suspects.ts';
import { countOf } from './words.ts';

/** Messages that stay are held unacked until their round ends; beyond this the broker's memory is spared. */
const MAX_HELD = 250_000;
/** How long a job that ends waits for answers that are on their way, ms. */
const LAST_ANSWERS_MS = 10_000;

export class Run implements RunControl {
  readonly pace: Pace;
  readonly #d: ReplayDeps;
  readonly #in: RunInput;
  readonly #chooser: Chooser;
  readonly #journal: Journal;
  readonly #holds: Holds;
  #source: LetterSource | null = null;
  #flight: Flight | null = null;
  readonly #answers: Answers;
  /** How many copies may be sent. */
  #limit = Number.POSITIVE_INFINITY;
  readonly #takenBack = new TakenBack();
  /** Messages that the last round read ahead. */
  #ahead = 0;
  /** Ends the round, not the run: the rate changed much. */
  #anew = false;
  #end: End | null = null;
  #deadline: NodeJS.Timeout | undefined;

  constructor(d: ReplayDeps, input: RunInput) {
    this.#d = d;
    this.#in = input;
    this.#chooser = new Chooser(input.job, input.user, input.journal);
    this.pace = new Pace(input.job.rate, d.clock);
    this.#journal = new Journal(d.state, input.job.id, d.clock, {
      written: (rows) => this.#tell(rows),
      failed: (note) => this.#endWith({ state: 'failed', note }),
    });
    this.#holds = new Holds(d, input.job.id, this.#journal);
    this.#answers = new Answers(d, {
      ...input,
      chooser: this.#chooser,
      holds: this.#holds,
      pace: this.pace,
      sent: input.journal.sent,
      held: () => this.#stir(),
    });
  }

  pause(hold: Hold): Promise<void> {
    this.#holds.put(hold);
    this.#stir();
    return this.#end ? Promise.resolve() : this.#holds.resting();
  }

  go(words?: string, by?: Hold['by']): void {
    this.#holds.lift(words, by);
  }

  limit(sent: number | null): void {
    this.#limit = sent ?? Number.POSITIVE_INFINITY;
    // the messages that it has read ahead would be too many; more room is seen by itself
    if (this.#answers.sent >= this.#limit) this.#stir();
    this.#holds.stir();
  }

  rate(perSecond: number | null): void {
    const before = this.pace.rate ?? Number.POSITIVE_INFINITY;
    this.pace.change(perSecond);
    // what was read ahead for a quick pace would lie unacked too long at a slow one
    if (perSecond !== null && perSecond < before / 4) {
      this.#anew = true;
      this.#stir();
    }
  }

  stop(state: 'cancelled' | 'interrupted', note: string): void {
    this.#endWith({ state, note });
  }

  /** Runs to an end. Never throws: how it ended is the answer. */
  async run(): Promise<End> {
    const { lane, job } = this.#in;
    try {
      await lane.open();
      while (!this.#end && this.#chooser.left > 0) {
        await this.#holds.rest(
          () => this.#end === null,
          () => this.#answers.sent >= this.#limit,
        );
        if (this.#end) break;
        // a connection that went while nothing was sent took nothing along
        if (lane.broken) await lane.open();
        this.#anew = false;
        await lane.writable();
        this.#holds.begin(this.#answers.takenOut);
        if (this.#goesOn() && (await this.#round())) break;
      }
    } catch (error) {
      const lost = isMendable(error);
      this.#endWith({ state: lost ? 'interrupted' : 'failed', note: wordsOf(error) });
      if (!lost) log.error('a replay failed', { job: job.id, error: wordsOf(error) });
    }
    this.#journal.flush();
    this.#holds.over();
    clearTimeout(this.#deadline);
    await lane.close();
    return this.#end ?? { state: 'done', note: null };
  }

  /** True when everything was met, or the queue holds no more. Whatever stays is back in the queue when it returns or throws. */
  async #round(): Promise<boolean> {
    const { lane } = this.#in;
    const source = await this.#open();
    const flight = this.#newFlight(source);
    this.#flight = flight;
    const rounds = new RoundClock(this.#d, this.#in.job, this.#ahead, this.pace.rate);
    let read = 0;
    let whole = false;
    try {
      // a stream gives what lay there at the plan, round after round, and no more
      const readLimit = this.#answers.fromStream
        ? Number.POSITIVE_INFINITY
        : this.#in.readLimit - this.#answers.takenOut;
      while (this.#goesOn() && this.#chooser.left > 0) {
        if (rounds.due(source.held)) {
          this.#journal.step(rounds.words(source.held));
          break;
        }
        if (source.held > MAX_HELD) {
          const note = `Stopped: ${countOf(MAX_HELD)} lie before the rest and would have to stay unacknowledged.`;
          this.#endWith({ state: 'failed', note });
          break;
        }
        if (lane.broken) await isolate(this.#bench(flight));
        await flight.spacious();
        await rounds.bounded(lane.writable());
        await this.pace.wait(() => !this.#goesOn());
        if (!this.#goesOn() || lane.broken || flight.room <= 0) continue;
        if (rounds.due(source.held)) continue;
        const free = Math.min(flight.room, this.#limit - this.#answers.sent);
        const most = Math.min(free, readLimit - read, this.pace.batch);
        const inFlight = flight.count;
        const messages = most > 0 ? await source.take(most) : [];
        if (messages.length === 0) {
          if (source.stuck && this.#goesOn() && (await this.#unstuck(flight, inFlight))) continue;
          whole = this.#goesOn();
          break;
        }
        read += messages.length;
        this.#send(messages, source, flight);
      }
      await flight.idle();
      while (flight.hasSuspects) await isolate(this.#bench(flight));
      return whole || this.#chooser.left === 0;
    } catch (error) {
      if (!source.takenBack || this.#end) throw source.lost ?? error;
      await this.#readAgain(source, flight);
      return false;
    } finally {
      await this.#close(source, flight);
    }
  }

  /**
   * What is in flight may fill the window that is read ahead: nothing comes until it is answered, however much lies there. A
   * queue that gives nothing even then is not taken for empty; a stream's last offset need not be there any more.
   */
  async #unstuck(flight: Flight, inFlight: number): Promise<boolean> {
    if (inFlight > 0) {
      await flight.idle();
      return true;
    }
    if (this.#answers.fromStream) return false;
    throw new Interrupted(`${this.#in.job.queue} holds messages, and the broker gives none of them.`);
  }

  #goesOn(): boolean {
    return (
      this.#end === null &&
      !this.#anew &&
      !this.#holds.stops(this.#answers.takenOut) &&
      this.#answers.sent < this.#limit
    );
  }

  async #open(): Promise<LetterSource> {
    this.#chooser.newRound();
    const source = await this.#in.openSource(this.#nextAhead());
    this.#source = source;
    if (!this.#goesOn()) source.stop();
    return source;
  }

  /** The broker took back what was unacked, as it does after its consumer timeout: the journal says what that leaves open. */
  async #readAgain(source: LetterSource, flight: Flight): Promise<void> {
    await flight.idle();
    // before the journal is read: or their second copies would not be named
    this.#leaveUnknown(flight, 'the broker took the message back before');
    this.#journal.flush();
    this.#takenBack.count(this.#answers.takenOut, source.lost);
    this.#journal.step(
      `The broker took back what was unacknowledged (${wordsOf(source.lost)}); the queue is read again`,
    );
    this.#chooser.reopen(readJournal(this.#d.state, this.#in.job.id).open);
  }

  async #close(source: LetterSource, flight: Flight): Promise<void> {
    await flight.idle();
    this.#leaveUnknown(flight, 'the replay ended before');
    this.#journal.flush();
    const { held } = source;
    if (held > 0 && this.#end) this.#journal.step(`${countOf(held)} that stay were put back`);
    await source.finish();
    this.#source = null;
    this.#flight = null;
    this.#in.putBack?.(held);
  }

  #leaveUnknown(flight: Flight, why: string): void {
    const late = flight.takeSuspects();
    if (late.length > 0) markUnknown(this.#bench(flight), late, why);
  }

  /** Journal first, in one durable transaction, then the copies. */
  #send(messages: readonly ConsumeMessage[], source: LetterSource, flight: Flight): void {
    const { fresh, again, sending, staying } = this.#chooser.sort(messages, this.#d.clock());
    for (const message of staying) source.hold(message);
    if (fresh.length + again.length > 0) this.#journal.put(fresh, again);
    this.#answers.sent += sending.length;
    flight.launch(sending);
    this.pace.sent(sending.length);
  }

  #newFlight(source: LetterSource): Flight {
    const { lane, job } = this.#in;
    return new Flight({
      source,
      lane,
      journal: this.#journal,
      window: this.#window,
      clock: this.#d.clock,
      takenOut: job.request.act === 'delete' ? 'deleted' : 'confirmed',
      over: () => !this.#goesOn(),
      settled: (batch) => this.#answers.settled(batch),
    });
  }

  #bench(flight: Flight): Parameters<typeof isolate>[0] {
    return {
      flight,
      lane: this.#in.lane,
      journal: this.#journal,
      clock: this.#d.clock,
      ended: () => (this.#end ? 'the replay was stopped' : null),
      setAside: (sent, words) => {
        this.#source?.hold(sent.message);
        if (!this.#answers.setAside(sent)) return;
        const note = `${BREAKER} messages in turn made the broker close the channel: ${words}`;
        this.#endWith({ state: 'failed', note });
      },
    };
  }

  /**
   * Twice the window, so that the next batch is there when half of it becomes free; never less than a round before: a quorum
   * queue hands out first what was put back, and a message that is put back alone goes behind the others.
   */
  #nextAhead(): number {
    const most = 2 * (this.#d.window ?? DEFAULT_WINDOW);
    const now = aheadFor(Math.min(most, this.#limit - this.#answers.sent), this.pace.rate);
    this.#ahead = Math.max(this.#ahead, now);
    return this.#ahead;
  }

  get #window(): number {
    return this.#in.job.request.keepOrder || this.#holds.probing ? 1 : (this.#d.window ?? DEFAULT_WINDOW);
  }

  /** The first word counts. An alarm may keep answers back as long as it lasts: a job that ends does not wait for that. */
  #endWith(end: End): void {
    this.#end ??= end;
    this.#deadline ??= setTimeout(() => void this.#in.lane.close(), LAST_ANSWERS_MS);
    this.#stir();
    this.#holds.stir();
  }

  /** Whatever waits within a round looks again whether it still should. */
  #stir(): void {
    if (this.#goesOn()) return;
    this.#source?.stop();
    this.#in.lane.release();
    this.#flight?.stir();
  }

  /** A listener's failure is not the replay's. */
  #tell(rows: readonly ReplayMessage[]): void {
    const { watch, job } = this.#in;
    try {
      watch?.answered(job, rows);
    } catch (error) {
      log.warn('a listener of a replay failed', { job: job.id, error: wordsOf(error) });
    }
  }
}
