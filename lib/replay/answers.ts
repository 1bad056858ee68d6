/** What the broker's answers mean for the job: what is done, what stays, what makes it wait. */
import { log, wordsOf } from '../log.ts';
import type { ReplayJob } from '../model/replay.ts';
import type { Chooser } from './chooser.ts';
import { DEFAULT_BODY_BYTES, type ReplayDeps } from './deps.ts';
import { replayFact } from './facts.ts';
import type { Answered, Sent } from './flight.ts';
import type { Holds } from './holds.ts';
import type { Pace } from './pace.ts';

/** After so many messages in turn that close the channel, with none taken between, the fault is not the messages'. */
export const BREAKER = 5;

export interface AnswersInput {
  job: ReplayJob;
  user: string;
  chooser: Chooser;
  holds: Holds;
  pace: Pace;
  /** Copies that earlier runs sent. */
  sent: number;
  /** Something holds the run: whatever waits within its round looks again. */
  held: () => void;
}

export class Answers {
  /** Copies that were sent, refused ones not counted. */
  sent: number;
  /** Originals that have left the queue in this run; a stream keeps them. */
  takenOut = 0;
  #poison = 0;
  readonly #d: Pick<ReplayDeps, 'clock' | 'bodyBytes' | 'record'>;
  readonly #in: AnswersInput;

  constructor(d: Pick<ReplayDeps, 'clock' | 'bodyBytes' | 'record'>, input: AnswersInput) {
    this.#d = d;
    this.#in = input;
    this.sent = input.sent;
  }

  get fromStream(): boolean {
    return this.#in.job.plan.queueType === 'stream';
  }

  /** Their rows have their outcomes. */
  settled(batch: readonly Answered[]): void {
    const { chooser, pace } = this.#in;
    let out = 0;
    for (const { sent, answer } of batch) {
      const { row, letter } = sent;
      if (row.outcome === 'confirmed' || row.outcome === 'deleted') {
        out++;
        if (this.fromStream) chooser.stays(letter.key);
      } else if (answer.kind === 'refused') this.#refused(sent, answer.words);
      else if (answer.kind !== 'confirmed') this.#stays(sent);
    }
    this.takenOut += out;
    if (out > 0) this.#poison = 0;
    pace.done(out);
    this.#record(batch);
  }

  /** It closes the channel, and stays. True when too many do. */
  setAside(sent: Sent): boolean {
    this.#stays(sent);
    return ++this.#poison >= BREAKER;
  }

  /** Where the order is kept, those behind a message that stays would overtake it: somebody must say so. */
  #stays({ row, letter }: Sent): void {
    const { chooser, holds, job, held } = this.#in;
    chooser.stays(letter.key);
    if (!job.request.keepOrder) return;
    const words = `Message ${row.seq} could not be sent (${row.reason ?? row.outcome}) and the order is kept. Resume goes on without it: those behind it overtake it.`;
    holds.put({ by: 'order', words, at: this.#d.clock(), goesOn: false });
    held();
  }

  /** A full target is no fault of the message: it goes back, to be sent when there is room. */
  #refused({ row, letter }: Sent, words?: string): void {
    const { chooser, holds, job, held } = this.#in;
    this.sent--;
    chooser.again(row, letter.key);
    // a nack may come from one of several queues that the copy reaches, or from a queue that failed
    const { plan, request } = job;
    const only = plan.targets.every(({ reaches }) => reaches.length === 1);
    // the file of a deletion is cut back to its last whole line
    const cannot = request.act === 'delete' || plan.warnings.some(({ code }) => code === 'target_full');
    if (!only || !cannot) row.possiblyDuplicated = true;
    holds.full(only || request.act === 'delete', words);
    held();
  }

  /** The journeys' copy of what happened: the receipt does not depend on it. */
  #record(batch: readonly Answered[]): void {
    const { id, queue, vhost, request } = this.#in.job;
    if (request.act === 'delete') return;
    const who = { jobId: id, by: this.#in.user, fromQueue: queue, vhost };
    const bytes = this.#d.bodyBytes ?? DEFAULT_BODY_BYTES;
    try {
      const facts = batch.flatMap(({ sent, answer }) => {
        if (answer.kind === 'confirmed') return [replayFact('replayed', sent, who, bytes)];
        if (answer.kind !== 'returned') return [];
        return [replayFact('returned', sent, who, bytes, answer.words)];
      });
      if (facts.length > 0) this.#d.record(facts);
    } catch (error) {
      log.warn('facts of a replay were not recorded', { job: id, error: wordsOf(error) });
    }
  }
}
