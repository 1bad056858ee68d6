/**
 * The way of a deletion: each message becomes a line of a file before it is taken out of its queue. A message is answered
 * `confirmed` only when its line is on the disk (fdatasync), so that the engine's rule holds here too: first the copy, then
 * the ack. Rejecting is no way to delete: with a dead-letter exchange the broker sends the message on, without one nothing
 * is left of it.
 *
 *   publish ─▶ waiting ─▶ written, at the end of the file ─▶ synced ─▶ confirmed ─▶ (the engine acks)
 *                                    │ the disk is full, or gone
 *                                    └▶ cut back to the last whole line ─▶ refused, with why: the message stays
 *
 * After a crash between sync and ack both are there, line and message: the message is written once more when the job goes
 * on, and readers of the file keep one line of each `seq` (export-file.ts).
 */
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RawPublish } from '../amqp/properties.ts';
import { log, wordsOf } from '../log.ts';
import { HoplightError } from '../model/errors.ts';
import type { ReplayMessage } from '../model/replay.ts';
import { exportLine, scanExport } from './export-file.ts';
import type { Answer, Break, CopyLane } from './lane.ts';

/** Bytes that one write takes on, so that large bodies do not lie in memory twice over. */
const BATCH_BYTES = 8 * 2 ** 20;

export interface Exported {
  /** Different messages; one that was written twice counts once. */
  messages: number;
  bytes: number;
}

/** As much of a file as is written with. */
export interface Sink {
  appendFile(bytes: Uint8Array): Promise<void>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface ExportLaneOptions {
  file: string;
  /** For appending, made with the mode 0600 when it is not there. Default: the file itself. */
  openSink?: (file: string) => Promise<Sink>;
  /** After each batch that is on the disk, and once more when it is closed (`last`). */
  onWritten: (exported: Exported, last: boolean) => void;
}

interface Waiting {
  seq: number;
  line: Buffer;
  resolve: (answer: Answer) => void;
}

export class ExportLane implements CopyLane {
  readonly #file: string;
  readonly #onWritten: ExportLaneOptions['onWritten'];
  readonly #openSink: (file: string) => Promise<Sink>;
  #sink: Sink | null = null;
  /** Sequence numbers that have a line. */
  #written = new Set<number>();
  /** Length of the file up to the end of its last line that is on the disk. */
  #bytes = 0;
  #broken: Break | null = null;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;

  constructor(o: ExportLaneOptions) {
    this.#file = o.file;
    this.#onWritten = o.onWritten;
    this.#openSink = o.openSink ?? ((file) => open(file, 'a', 0o600));
  }

  get broken(): Break | null {
    return this.#broken;
  }

  /** Goes on at the end of the file, its owner's alone; what a crash left half written there is cut off. Throws HoplightError. */
  async open(): Promise<void> {
    if (this.#sink && !this.#broken) return;
    await this.#sink?.close().catch(() => {});
    this.#sink = null;
    try {
      const folder = dirname(this.#file);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const sink = await this.#openSink(this.#file);
      this.#sink = sink;
      const known = await scanExport(this.#file);
      await sink.truncate(known.bytes);
      // the file's name must outlive a power cut as its lines do
      await syncFolder(folder);
      this.#written = known.seqs;
      this.#bytes = known.bytes;
      this.#broken = null;
    } catch (error) {
      throw new HoplightError(
        'internal',
        `The file of this deletion could not be opened: ${diskWords(error)}`,
        {
          notDone: 'Nothing was taken out of the queue.',
          next: "Mend Hoplight's data folder (HOPLIGHT_DATA), then delete again.",
          cause: error,
        },
      );
    }
  }

  /** A file takes lines always: what it cannot take is answered. */
  async writable(): Promise<void> {}

  publish(
    message: Omit<RawPublish, 'mandatory'>,
    replayId: string,
    row: Pick<ReplayMessage, 'seq' | 'deadLetterId'>,
  ): Promise<Answer> {
    if (!this.#sink) return Promise.resolve({ kind: 'lost' });
    let line: Buffer;
    try {
      line = exportLine(message, replayId, row);
    } catch (error) {
      // a body of hundreds of MB is longer in base64 than a text may be
      const words = `It cannot be written into the file of this deletion: ${wordsOf(error)}`;
      return Promise.resolve({ kind: 'impossible', words });
    }
    return new Promise((resolve) => {
      this.#waiting.push({ seq: row.seq, line, resolve });
      this.#writing ??= this.#writeAll();
    });
  }

  wrote(seq: number): boolean {
    return this.#written.has(seq);
  }

  release(): void {}

  async close(): Promise<void> {
    await this.#writing;
    const sink = this.#sink;
    this.#sink = null;
    // every line that was answered is on the disk: what a close still says (NFS, quotas) changes nothing
    await sink?.close().catch((error: unknown) =>
      log.warn('the file of a deletion was not closed cleanly', {
        file: this.#file,
        error: wordsOf(error),
      }),
    );
    if (sink) this.#tell(true);
  }

  /** What is said of the file must not stop its writing. */
  #tell(last: boolean): void {
    try {
      this.#onWritten({ messages: this.#written.size, bytes: this.#bytes }, last);
    } catch (error) {
      log.warn('the size of an export could not be noted', { file: this.#file, error: wordsOf(error) });
    }
  }

  /** Never throws: each batch is answered. */
  async #writeAll(): Promise<void> {
    // what comes in the same breath goes in one write
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      const answer = await this.#write(batch);
      for (const { resolve } of batch) resolve(answer);
    }
    this.#writing = null;
  }

  #nextBatch(): Waiting[] {
    let bytes = 0;
    const over = this.#waiting.findIndex(({ line }) => {
      bytes += line.length;
      return bytes > BATCH_BYTES;
    });
    return this.#waiting.splice(0, over < 0 ? this.#waiting.length : Math.max(1, over));
  }

  async #write(batch: readonly Waiting[]): Promise<Answer> {
    const sink = this.#sink;
    if (!sink) return { kind: 'lost' };
    try {
      const text = Buffer.concat(batch.map(({ line }) => line));
      await sink.appendFile(text);
      await sink.datasync();
      this.#bytes += text.length;
      for (const { seq } of batch) this.#written.add(seq);
      this.#tell(false);
      return { kind: 'confirmed' };
    } catch (error) {
      const why = `The file of this deletion could not be written: ${diskWords(error)}`;
      try {
        // half a line must not stand before the next whole one
        await sink.truncate(this.#bytes);
      } catch (second) {
        this.#broken = { cut: true, words: `${why} ${wordsOf(second)}` };
        return { kind: 'lost' };
      }
      return { kind: 'refused', words: why };
    }
  }
}

function diskWords(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return 'the disk is full. Free space; what was not written stays in its queue.';
  return `${wordsOf(error)}. What was not written stays in its queue.`;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
