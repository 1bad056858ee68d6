/**
 * The engine: moves the frozen messages of one job, one window at a time.
 *
 *   take ──▶ row `sending` on disk ──▶ publish, mandatory ──▶ confirmed ──▶ ack ──▶ broker has read the ack ──▶ row `confirmed`
 *                                            │                                              (only now the place in the window is free)
 *                                            ├─ returned, refused ──▶ held, put back at the end
 *                                            └─ no answer: the channel closed ──▶ each of these alone, once more;
 *                                               the one that closes it alone is set aside with the broker's words
 *
 *   states of the job:  planned ─▶ running ─▶ done        everything frozen was dealt with
 *                                          ├▶ cancelled   asked for
 *                                          ├▶ failed      the target refuses, or five messages close the channel
 *                                          └▶ interrupted a connection was lost, or the process ended; resume ─▶ running
 *
 * A message leaves the queue only by the ack after its confirm, so a crash at any arrow can send one again, never lose it.
 */
import type { ConsumeMessage } from 'amqplib';
import { log, wordsOf } from '../log.ts';
import type { Fact } from '../model/fact.ts';
import type { ReplayJob, ReplayMessage, ReplayOutcome, ReplayState } from '../model/replay.ts';
import { DEFAULT_BODY_BYTES, DEFAULT_WINDOW, type ReplayDeps } from './deps.ts';
import { cannotMove, copyProperties } from './edit.ts';
import { replayFact } from './facts.ts';
import type { Answer, CopyLane } from './lane.ts';
import { type Letter, readLetter } from './letter.ts';
import { addressOf, sameAddress } from './origin.ts';
import { Pace } from './pace.ts';
import { type Resumed, rowOf } from './rows.ts';
import type { LetterSource } from './source.ts';

/** After so many messages that close the channel, or refusals in a row, the fault is not the messages'. */
export const BREAKER = 5;
/** Messages that stay are held unacked until the end; beyond this the broker's memory is spared. */
const MAX_HELD = 10_000;
const ACK_LOST =
  'The copy was confirmed, but the connection went before the original could be taken out: it may lie in the queue again.';
/** How long a cancelled job waits for answers that are on their way, ms. */
const LAST_ANSWERS_MS = 10_000;

export interface End {
  state: Extract<ReplayState, 'done' | 'cancelled' | 'failed' | 'interrupted'>;
  note: string | null;
}

export interface RunInput {
  job: ReplayJob;
  /** Whose connections they are, for `user-id`. */
  user: string;
  source: LetterSource;
  lane: CopyLane;
  journal: Resumed;
  /** Most messages to read: what lay there when the selection was frozen; no limit for a resume, whose rows are the limit. */
  readLimit: number;
}

interface Sent {
  message: ConsumeMessage;
  letter: Letter;
  row: ReplayMessage;
  raw: Buffer;
  at: number;
}

type Change = Parameters<ReplayDeps['state']['setOutcomes']>[1][number];

export class Run {
  readonly pace: Pace;
  readonly #d: ReplayDeps;
  readonly #in: RunInput;
  readonly #window: number;
  readonly #frozenSet: boolean;
  /** New rows that may still be made: never more than were frozen. */
  #left: number;
  #open: number;
  #seq: number;
  #read = 0;
  #inFlight = 0;
  #answers: { sent: Sent; answer: Answer }[] = [];
  #suspects: Sent[] = [];
  #flushing: Promise<void> | null = null;
  #poison = 0;
  #refused = 0;
  #end: End | null = null;
  #wake: (() => void)[] = [];

  constructor(d: ReplayDeps, input: RunInput) {
    this.#d = d;
    this.#in = input;
    this.#window = d.window ?? DEFAULT_WINDOW;
    this.#frozenSet = input.job.request.select.kind !== 'all';
    this.#seq = input.journal.nextSeq;
    this.#left = this.#frozenSet ? 0 : Math.max(0, input.job.plan.selected - (this.#seq - 1));
    this.#open = [...input.journal.open.values()].reduce((sum, rows) => sum + rows.length, 0);
    this.pace = new Pace(input.job.request.rate ?? null, d.clock);
  }

  /** Asks it to end within one window. The first word counts. */
  stop(state: 'cancelled' | 'interrupted', note: string): void {
    this.#end ??= { state, note };
    this.#in.source.stop();
    this.#in.lane.release();
    this.#stir();
  }

  /** Runs to an end. Never throws: how it ended is the answer. */
  async run(): Promise<End> {
    const { source, lane } = this.#in;
    try {
      await this.#move();
      await this.#settleAll();
    } catch (error) {
      const lost = source.lost ?? (lane.broken?.cut ? lane.broken : null);
      this.#end ??= {
        state: lost || error instanceof Interrupted ? 'interrupted' : 'failed',
        note: wordsOf(error),
      };
      if (!lost && !(error instanceof Interrupted))
        log.error('a replay failed', { job: this.#in.job.id, error: wordsOf(error) });
    }
    await this.#lastAnswers();
    if (source.held > 0) this.#step(`${count(source.held)} that stay were put back`);
    await source.finish();
    await lane.close();
    return this.#end ?? { state: 'done', note: null };
  }

  async #move(): Promise<void> {
    const { source, lane, readLimit } = this.#in;
    await lane.open();
    while (!this.#end && this.#read < readLimit && this.#left + this.#open > 0) {
      if (source.held > MAX_HELD) {
        this.#end = {
          state: 'done',
          note: `Stopped after ${count(MAX_HELD)} messages that stay; start again.`,
        };
        break;
      }
      if (lane.broken) await this.#recover();
      await this.#room();
      await lane.writable();
      await this.pace.wait(() => this.#end !== null);
      if (this.#end || lane.broken) continue;
      const most = Math.min(this.#window - this.#inFlight, readLimit - this.#read, this.pace.batch);
      const messages = await source.take(most);
      if (messages.length === 0) break;
      this.#send(messages);
    }
  }

  /** Journal first, in one durable transaction, then the copies. */
  #send(messages: ConsumeMessage[]): void {
    const { job, source, user } = this.#in;
    const fresh: ReplayMessage[] = [];
    const again: Change[] = [];
    const sending: Sent[] = [];
    const at = this.#d.clock();
    for (const message of messages) {
      this.#read++;
      const letter = readLetter(message);
      const chosen = this.#choose(letter);
      if (!chosen) {
        source.hold(message);
        continue;
      }
      const { row, isNew } = chosen;
      const why = this.#cannotSend(letter);
      const raw = why === null ? this.#copy(letter, row, user) : { cannot: why };
      if ('cannot' in raw) {
        source.hold(message);
        row.outcome = 'skipped';
        row.reason = raw.cannot;
      } else {
        row.outcome = 'sending';
        row.reason = null;
        sending.push({ message, letter, row, raw: raw.bytes, at });
      }
      row.at = at;
      if (isNew) fresh.push(row);
      else again.push(changeOf(row));
    }
    if (fresh.length > 0) this.#d.state.putMessages(job.id, fresh);
    if (again.length > 0) this.#d.state.setOutcomes(job.id, again);
    for (const sent of sending) this.#publish(sent);
    this.pace.sent(sending.length);
  }

  /** The row of a message that is to be sent; null for one that stays. */
  #choose(letter: Letter): { row: ReplayMessage; isNew: boolean } | null {
    const { job, journal } = this.#in;
    const known = journal.open.get(letter.key);
    const row = known?.shift();
    if (row) {
      this.#open--;
      return { row, isNew: false };
    }
    // a copy of this very job that died again: never round and round
    const cameBack = letter.ids.replayId?.startsWith(`${job.id}.`) ?? false;
    if (this.#frozenSet || cameBack || this.#left <= 0) return null;
    this.#left--;
    const seq = this.#seq++;
    const address = addressOf(job.request.target, letter.deaths);
    const made = rowOf(job.id, seq, { ...letter, id: `${letter.key}.${seq}`, address }, 'sending', 0);
    // an ack that the broker lost in a crash of its own brings a message back that was sent
    made.possiblyDuplicated = journal.done.has(letter.key);
    return { row: made, isNew: true };
  }

  /** The plan's word holds: nothing goes where it did not say. */
  #cannotSend({ properties, deaths }: Letter): string | null {
    const { request, plan } = this.#in.job;
    const address = addressOf(request.target, deaths);
    if ('cannot' in address) return address.cannot;
    const ownKeys = request.target.kind === 'exchange' && request.target.routingKey === undefined;
    if (!ownKeys && !plan.targets.some((t) => sameAddress(t, address)))
      return `It came from ${address.routingKey}, which the plan does not name. Plan again to send it.`;
    return cannotMove(properties.expiration);
  }

  #copy(letter: Letter, row: ReplayMessage, user: string): { bytes: Buffer } | { cannot: string } {
    try {
      const of = letter.ids.replayId ?? letter.ids.messageId ?? letter.fingerprint;
      const lineage = { replayId: row.replayId, count: row.attempt, of, user };
      return { bytes: copyProperties(letter.raw, lineage) };
    } catch (error) {
      return { cannot: `Its properties cannot be copied: ${wordsOf(error)}` };
    }
  }

  #publish(sent: Sent): void {
    this.#inFlight++;
    void this.#deliver(sent).then((answer) => this.#answered(sent, answer));
  }

  #deliver({ row, raw, letter }: Sent): Promise<Answer> {
    const { exchange, routingKey, replayId } = row;
    return this.#in.lane.publish({ exchange, routingKey, raw, body: letter.body }, replayId, row);
  }

  #answered(sent: Sent, answer: Answer): void {
    if (answer.kind === 'lost') {
      this.#suspects.push(sent);
      this.#inFlight--;
      this.#stir();
      return;
    }
    if (answer.kind === 'confirmed') this.#in.source.ack(sent.message);
    else this.#in.source.hold(sent.message);
    this.#answers.push({ sent, answer });
    this.#flushing ??= this.#flush();
  }

  /** Acked messages are done when the broker has read their acks; the journal is written; then they leave the window. */
  async #flush(): Promise<void> {
    // what was answered in the same breath goes together
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#answers.length > 0) {
      const batch = this.#answers.splice(0);
      const taken = await this.#in.source.flush().then(
        () => true,
        () => false,
      );
      this.#guard(() => this.#write(batch.map(({ sent, answer }) => this.#outcomeOf(sent, answer, taken))));
      this.#record(batch.flatMap(({ sent, answer }) => this.#factOf(sent, answer)));
      this.pace.done(batch.filter(({ answer }) => answer.kind === 'confirmed').length);
      this.#inFlight -= batch.length;
      this.#stir();
    }
    this.#flushing = null;
  }

  #outcomeOf(sent: Sent, answer: Answer, taken: boolean): Change {
    if (answer.kind === 'confirmed') {
      this.#refused = 0;
      return taken ? this.#change(sent, 'confirmed', null) : this.#change(sent, 'unknown', ACK_LOST, true);
    }
    if (answer.kind === 'returned')
      return this.#change(sent, 'returned', `${answer.words}: no queue took the copy`);
    if (answer.kind === 'impossible') return this.#change(sent, 'skipped', answer.words);
    if (++this.#refused >= BREAKER)
      this.#end ??= { state: 'failed', note: 'The target takes no more messages: it is full and rejects.' };
    return this.#change(sent, 'skipped', 'The broker refused the copy: a queue that it reaches is full.');
  }

  #factOf(sent: Sent, answer: Answer): Fact[] {
    if (answer.kind === 'confirmed') return [replayFact('replayed', sent, this.#who(), this.#bodyBytes)];
    if (answer.kind !== 'returned') return [];
    return [replayFact('returned', sent, this.#who(), this.#bodyBytes, answer.words)];
  }

  /** A journal that cannot be written ends the job: what is on disk already covers what was sent. */
  #guard(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#end ??= { state: 'failed', note: `The journal could not be written: ${wordsOf(error)}` };
      log.error('the journal of a replay could not be written', {
        job: this.#in.job.id,
        error: wordsOf(error),
      });
    }
  }

  /** The channel closed on us: every message without an answer goes again, alone, to find the one that closes it. */
  async #recover(): Promise<void> {
    const { lane } = this.#in;
    await this.#idle();
    const suspects = this.#suspects.splice(0).sort((a, b) => a.row.seq - b.row.seq);
    const words = lane.broken?.words ?? 'the channel closed';
    if (lane.broken?.cut) this.#giveUp(suspects, words);
    this.#step(
      `The broker closed the publishing channel (${words}); ${count(suspects.length)} in flight go again one at a time`,
    );
    for (const sent of suspects) sent.row.possiblyDuplicated = true;
    this.#outcome(suspects, 'sending', null, true);
    for (let next = suspects.shift(); next; next = suspects.shift()) {
      if (this.#end) this.#giveUp([next, ...suspects], 'the replay was stopped');
      if (lane.broken) await this.#reopen([next, ...suspects]);
      const answer = await this.#deliver(next);
      if (answer.kind !== 'lost') {
        this.#inFlight++;
        this.#answered(next, answer);
        await this.#idle();
      } else if (lane.broken?.cut) {
        this.#giveUp([next, ...suspects], lane.broken.words);
      } else {
        this.#setAside(next, lane.broken?.words ?? words);
      }
    }
    if (lane.broken) await this.#reopen([]);
  }

  #setAside(sent: Sent, words: string): void {
    this.#in.source.hold(sent.message);
    sent.row.possiblyDuplicated = false;
    this.#outcome([sent], 'skipped', `The broker answers it by closing the channel: ${words}`, false);
    this.#step(`Message ${sent.row.seq} set aside: ${words}`);
    if (++this.#poison >= BREAKER)
      this.#end ??= {
        state: 'failed',
        note: `${BREAKER} messages in turn made the broker close the channel: ${words}`,
      };
  }

  async #reopen(waiting: Sent[]): Promise<void> {
    try {
      await this.#in.lane.open();
    } catch (error) {
      this.#giveUp(waiting, wordsOf(error));
    }
  }

  /** Leaves these as unknown: their originals go back into the queue, their copies may have gone. */
  #giveUp(sent: Sent[], why: string): never {
    this.#outcome(sent, 'unknown', `No answer came: ${why}. The original stays; a copy may exist.`, true);
    throw new Interrupted(`No answer came from the broker: ${why}.`);
  }

  async #settleAll(): Promise<void> {
    await this.#idle();
    while (this.#suspects.length > 0) await this.#recover();
  }

  /** At any end: waits for the answers on their way, then writes down what has none. */
  async #lastAnswers(): Promise<void> {
    const timer = setTimeout(() => void this.#in.lane.close(), LAST_ANSWERS_MS);
    await this.#idle();
    clearTimeout(timer);
    const why = 'No answer came before the replay ended. The original stays; a copy may exist.';
    this.#guard(() => this.#outcome(this.#suspects.splice(0), 'unknown', why, true));
  }

  #outcome(sent: Sent[], outcome: ReplayOutcome, reason: string | null, duplicated?: boolean): void {
    this.#write(sent.map((one) => this.#change(one, outcome, reason, duplicated)));
  }

  #change({ row }: Sent, outcome: ReplayOutcome, reason: string | null, duplicated?: boolean): Change {
    row.outcome = outcome;
    row.reason = reason;
    row.at = this.#d.clock();
    if (duplicated !== undefined) row.possiblyDuplicated = duplicated;
    return changeOf(row);
  }

  #write(changes: Change[]): void {
    if (changes.length > 0) this.#d.state.setOutcomes(this.#in.job.id, changes);
  }

  /** Nothing in flight, nothing left to flush. */
  async #idle(): Promise<void> {
    while (this.#inFlight > 0) await this.#stirred();
  }

  async #room(): Promise<void> {
    while (this.#inFlight >= this.#window && !this.#end && !this.#in.lane.broken) await this.#stirred();
    // half a window at least: otherwise each confirm would cost a write of its own
    while (this.#inFlight > this.#window / 2 && this.#flushing && !this.#end) await this.#stirred();
  }

  #stirred(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #stir(): void {
    for (const resolve of this.#wake.splice(0)) resolve();
  }

  #step(words: string): void {
    this.#d.state.addJobStep(this.#in.job.id, { at: this.#d.clock(), words });
  }

  #who() {
    const { id, queue, vhost } = this.#in.job;
    return { jobId: id, by: this.#in.user, fromQueue: queue, vhost };
  }

  get #bodyBytes(): number {
    return this.#d.bodyBytes ?? DEFAULT_BODY_BYTES;
  }

  /** The journeys' copy of what happened: the receipt does not depend on it. */
  #record(facts: Fact[]): void {
    try {
      this.#d.record(facts);
    } catch (error) {
      log.warn('facts of a replay were not recorded', { job: this.#in.job.id, error: wordsOf(error) });
    }
  }
}

class Interrupted extends Error {}

function changeOf({ seq, outcome, reason, at, possiblyDuplicated }: ReplayMessage): Change {
  return { seq, outcome, reason, at, possiblyDuplicated };
}

const count = (n: number) => n.toLocaleString('en-US');
