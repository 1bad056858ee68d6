/** Which of the messages that are read belong to the job, and what their copies are made of. */
import type { ConsumeMessage } from 'amqplib';
import type { ReplayJob, ReplayMessage } from '../model/replay.ts';
import { copyOf, destinationOf } from './copy.ts';
import type { Sent } from './flight.ts';
import { idOfReturned, type Letter, readLetter } from './letter.ts';
import { type Resumed, rowOf } from './rows.ts';

/** The row of a message and, when it is to be sent, the bytes of its copy; without them `row` says why it stays. */
export interface Choice {
  row: ReplayMessage;
  isNew: boolean;
  copy: { raw: Buffer; body: Buffer } | null;
}

/** Rows that are to be on disk first, copies to be sent then, messages that stay. */
export interface Sorted {
  fresh: ReplayMessage[];
  again: ReplayMessage[];
  sending: Sent[];
  staying: ConsumeMessage[];
}

export class Chooser {
  readonly #job: ReplayJob;
  readonly #user: string;
  readonly #frozenSet: boolean;
  /** Rows that wait for their message, by its key. */
  #open: Map<string, ReplayMessage[]>;
  #opened: number;
  /** Keys of messages whose copies the broker confirmed before. */
  readonly #done: ReadonlySet<string>;
  /** Messages that were dealt with and lie in the queue again, by key; and those of them met in this round. */
  readonly #stays: Map<string, number>;
  #met = new Map<string, number>();
  /** New rows that may still be made: never more than were frozen. */
  #left: number;
  #seq: number;

  /** `user`: whose connection sends them, for `user-id`. */
  constructor(job: ReplayJob, user: string, journal: Resumed) {
    this.#job = job;
    this.#user = user;
    this.#frozenSet = job.request.select.kind !== 'all';
    this.#open = journal.open;
    this.#opened = sizeOf(journal.open);
    this.#done = journal.done;
    this.#stays = journal.stays;
    // what was sent from a stream lies there still
    if (job.plan.queueType === 'stream') for (const key of journal.done) this.#stays.set(key, 1);
    this.#seq = journal.nextSeq;
    this.#left = this.#frozenSet ? 0 : Math.max(0, job.plan.selected - journal.known);
  }

  /** Messages of the selection that are still to be met. */
  get left(): number {
    return this.#left + this.#opened;
  }

  /** The queue is read from its head again. */
  newRound(): void {
    this.#met = new Map();
  }

  /** Rows whose sending the journal cannot vouch for wait for their message again. */
  reopen(open: Resumed['open']): void {
    this.#open = open;
    this.#opened = sizeOf(open);
  }

  /** This row's message goes back into the queue and is to be sent later. */
  again(row: ReplayMessage, key: string): void {
    const rows = this.#open.get(key);
    if (rows) rows.unshift(row);
    else this.#open.set(key, [row]);
    this.#opened++;
  }

  /** A message that was dealt with goes back into the queue: it is not met twice. */
  stays(key: string): void {
    this.#stays.set(key, (this.#stays.get(key) ?? 0) + 1);
    this.#met.set(key, (this.#met.get(key) ?? 0) + 1);
  }

  /** What belongs to the job, and what of it is to be sent; the rest stays. */
  sort(messages: readonly ConsumeMessage[], at: number): Sorted {
    const sorted: Sorted = { fresh: [], again: [], sending: [], staying: [] };
    for (const message of messages) {
      const letter = readLetter(message);
      const choice = this.choose(letter);
      if (choice?.copy) sorted.sending.push({ message, letter, row: choice.row, copy: choice.copy, at });
      else sorted.staying.push(message);
      if (!choice) continue;
      choice.row.at = at;
      sorted[choice.isNew ? 'fresh' : 'again'].push(choice.row);
    }
    return sorted;
  }

  /** Null for a message that stays untold: it does not belong to the job. */
  choose(letter: Letter): Choice | null {
    const found = this.#rowOf(letter);
    if (!found) return null;
    const { row } = found;
    const copy = copyOf(letter, row, this.#job, this.#user);
    if (!('cannot' in copy)) {
      row.outcome = 'sending';
      row.reason = null;
      return { ...found, copy };
    }
    this.stays(letter.key);
    row.outcome = 'skipped';
    row.reason = copy.cannot;
    return { ...found, copy: null };
  }

  #rowOf(letter: Letter): Pick<Choice, 'row' | 'isNew'> | null {
    const job = this.#job;
    const row = this.#open.get(letter.key)?.shift();
    if (row) {
      this.#opened--;
      return { row, isNew: false };
    }
    // a copy of this very job that died again: never round and round
    const cameBack = letter.ids.replayId?.startsWith(`${job.id}.`) ?? false;
    if (this.#frozenSet || cameBack || this.#left <= 0 || this.#metAgain(letter.key)) return null;
    // an ack that the broker forgot when it was killed brings a message back that was sent: it takes nobody's place
    const returned = this.#done.has(letter.key);
    if (!returned) this.#left--;
    const seq = this.#seq++;
    const address = destinationOf(letter, job.request);
    const id = returned ? idOfReturned(letter.key, seq) : `${letter.key}.${seq}`;
    const made = rowOf(job.id, seq, { ...letter, id, address }, 'sending', 0);
    made.possiblyDuplicated = returned;
    return { row: made, isNew: true };
  }

  /** Messages that are alike are counted: as many as stay are passed over in each round. */
  #metAgain(key: string): boolean {
    const stay = this.#stays.get(key);
    if (stay === undefined) return false;
    const met = this.#met.get(key) ?? 0;
    if (met >= stay) return false;
    this.#met.set(key, met + 1);
    return true;
  }
}

function sizeOf(open: Resumed['open']): number {
  return [...open.values()].reduce((sum, rows) => sum + rows.length, 0);
}
