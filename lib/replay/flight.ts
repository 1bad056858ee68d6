/**
 * The window of one round: the copies that are on their way, and what their answers do.
 *
 *   launch ──▶ publish, mandatory ──▶ confirmed ──▶ ack ──▶ the broker has read the ack ──▶ the place is free
 *                    │                                                                        outcome noted
 *                    ├─ returned, refused, impossible ──▶ held: put back at the end of the round
 *                    └─ no answer: the channel closed ──▶ a suspect (suspects.ts)
 */
import type { ConsumeMessage } from 'amqplib';
import type { ReplayMessage, ReplayOutcome } from '../model/replay.ts';
import type { Journal } from './journal.ts';
import type { Answer, CopyLane } from './lane.ts';
import type { Letter } from './letter.ts';
import type { LetterSource } from './source.ts';

const ACK_LOST =
  'The copy was confirmed, but the connection went before the original could be taken out: it may lie in the queue again.';

export interface Sent {
  message: ConsumeMessage;
  letter: Letter;
  row: ReplayMessage;
  copy: { raw: Buffer; body: Buffer };
  at: number;
}

type Known = Exclude<Answer, { kind: 'lost' }>;

export interface Answered {
  sent: Sent;
  answer: Known;
}

export interface FlightInput {
  source: LetterSource;
  lane: CopyLane;
  journal: Journal;
  /** Most copies on their way at once. */
  window: number;
  clock: () => number;
  /** What a message that was taken out has become. */
  takenOut: Extract<ReplayOutcome, 'confirmed' | 'deleted'>;
  /** Whether the run wants to end this round: then nobody waits for room any more. */
  over: () => boolean;
  /** After the rows' outcomes were set, before they are on disk. */
  settled: (batch: readonly Answered[]) => void;
}

export class Flight {
  readonly #in: FlightInput;
  #count = 0;
  #answers: Answered[] = [];
  #suspects: Sent[] = [];
  #flushing: Promise<void> | null = null;
  #wake: (() => void)[] = [];

  constructor(input: FlightInput) {
    this.#in = input;
  }

  /** Copies whose answers, or whose acks, are still on their way. */
  get count(): number {
    return this.#count;
  }

  /** Places that are free. */
  get room(): number {
    return this.#in.window - this.#count;
  }

  /** Copies that got no answer since the channel closed, in the order of their rows; they are the caller's now. */
  takeSuspects(): Sent[] {
    return this.#suspects.splice(0).sort((a, b) => a.row.seq - b.row.seq);
  }

  get hasSuspects(): boolean {
    return this.#suspects.length > 0;
  }

  /** Their rows are on disk. */
  launch(sending: readonly Sent[]): void {
    for (const sent of sending) {
      this.#count++;
      void this.publish(sent).then((answer) => this.answered(sent, answer, true));
    }
  }

  publish({ row, letter, copy }: Sent): Promise<Answer> {
    // what is deleted goes nowhere: the file tells how it lay there
    const { exchange, routingKey } = this.#in.takenOut === 'deleted' ? letter : row;
    return this.#in.lane.publish({ exchange, routingKey, ...copy }, row.replayId, row);
  }

  /** `counted`: it has a place in the window already. */
  answered(sent: Sent, answer: Answer, counted: boolean): void {
    if (answer.kind === 'lost') {
      this.#suspects.push(sent);
      if (counted) this.#count--;
      this.stir();
      return;
    }
    if (!counted) this.#count++;
    if (answer.kind === 'confirmed') this.#in.source.ack(sent.message);
    else this.#in.source.hold(sent.message);
    this.#answers.push({ sent, answer });
    this.#flushing ??= this.#flush();
  }

  /** Nothing on its way, nothing left to flush. */
  async idle(): Promise<void> {
    while (this.#count > 0) await this.#stirred();
  }

  /** Waits for half a window at least: otherwise each confirm would cost a transaction of its own. */
  async spacious(): Promise<void> {
    const { window, lane, over } = this.#in;
    while (this.room <= 0 && !over() && !lane.broken) await this.#stirred();
    while (this.#count > window / 2 && this.#flushing && !over()) await this.#stirred();
  }

  /** Lets whoever waits look again. */
  stir(): void {
    for (const resolve of this.#wake.splice(0)) resolve();
  }

  async #flush(): Promise<void> {
    // what was answered in the same breath goes together
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#answers.length > 0) {
      const batch = this.#answers.splice(0);
      const taken = await this.#in.source.flush().then(
        () => true,
        () => false,
      );
      const at = this.#in.clock();
      for (const { sent, answer } of batch) {
        sent.row.at = at;
        this.#setOutcome(sent.row, answer, taken);
      }
      this.#in.settled(batch);
      this.#in.journal.note(batch.map(({ sent }) => sent.row));
      this.#count -= batch.length;
      this.stir();
    }
    this.#flushing = null;
  }

  #stirred(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #setOutcome(row: ReplayMessage, answer: Known, taken: boolean): void {
    const [outcome, reason] = this.#outcomeOf(answer, taken);
    row.outcome = outcome;
    row.reason = reason;
    if (outcome === 'unknown') row.possiblyDuplicated = true;
  }

  #outcomeOf(answer: Known, taken: boolean): [ReplayOutcome, string | null] {
    switch (answer.kind) {
      case 'confirmed':
        return taken ? [this.#in.takenOut, null] : ['unknown', ACK_LOST];
      case 'returned':
        return ['returned', `${answer.words}: no queue took the copy`];
      case 'impossible':
        return ['skipped', answer.words];
      case 'refused':
        return ['waiting', null];
    }
  }
}
