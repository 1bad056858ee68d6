/**
 * What a run writes down. A row is on disk before its copy is sent; an outcome is written with the rows of the next batch, in
 * one durable transaction, or a moment later when no batch comes. Until then its row on disk still says `sending`, which a
 * crash turns into `unknown`: too careful, never wrong. The places of such rows in the window are given to the next batch
 * only in the transaction that writes them, so that never more than one window of rows says `sending`.
 */
import { log, wordsOf } from '../log.ts';
import type { ReplayMessage } from '../model/replay.ts';
import type { StateStore } from '../store/state.ts';

/** An outcome waits at most so long for the next batch, ms. */
const LATEST_MS = 100;

export interface JournalEvents {
  /** These rows have their outcomes on disk. */
  written: (rows: readonly ReplayMessage[]) => void;
  /** Outcomes could not be written: the job must end. What is on disk already covers what was sent. */
  failed: (words: string) => void;
}

export class Journal {
  readonly #state: Pick<StateStore, 'writeJournal' | 'addJobStep'>;
  readonly #jobId: string;
  readonly #clock: () => number;
  readonly #on: JournalEvents;
  #answered = new Set<ReplayMessage>();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    state: Pick<StateStore, 'writeJournal' | 'addJobStep'>,
    jobId: string,
    clock: () => number,
    on: JournalEvents,
  ) {
    this.#state = state;
    this.#jobId = jobId;
    this.#clock = clock;
    this.#on = on;
  }

  /** Rows that are about to be sent, or that stay: on disk when it returns, with all outcomes before them. Throws. */
  put(fresh: readonly ReplayMessage[], again: readonly ReplayMessage[]): void {
    const answered = this.#take();
    if (fresh.length + again.length + answered.length === 0) return;
    this.#state.writeJournal(this.#jobId, fresh, [...answered, ...again]);
    const skipped = [...fresh, ...again].filter((row) => row.outcome !== 'sending');
    if (answered.length + skipped.length > 0) this.#on.written([...answered, ...skipped]);
  }

  /** Their outcomes are on disk soon. */
  note(rows: readonly ReplayMessage[]): void {
    for (const row of rows) this.#answered.add(row);
    this.#timer ??= setTimeout(() => this.flush(), LATEST_MS);
  }

  /** Writes what waits. Never throws: a failure is told to `failed`. */
  flush(): void {
    try {
      this.put([], []);
    } catch (error) {
      log.error('the journal of a replay could not be written', {
        job: this.#jobId,
        error: wordsOf(error),
      });
      this.#on.failed(`The journal could not be written: ${wordsOf(error)}`);
    }
  }

  step(words: string): void {
    this.#state.addJobStep(this.#jobId, { at: this.#clock(), words });
  }

  #take(): ReplayMessage[] {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const rows = [...this.#answered];
    this.#answered.clear();
    return rows;
  }
}
