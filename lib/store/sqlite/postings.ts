/**
 * From a token to the journeys that bear it, without a tree that random inserts would slow down: each batch's pairs are
 * sorted and written as one run, runs of like size are merged, and a segment that is full keeps one. A pair is eight
 * bytes: 32 bits of the token's hash, then the low 32 bits of the journey's row number; a run is cut into chunks whose
 * first tokens are its directory.
 */
import { randomInt } from 'node:crypto';
import type { Db } from './database.ts';

/** Pairs in a chunk: with 500 it fills a page of 4 KiB. */
export const CHUNK_PAIRS = 500;
/** Chunks that a run can have. */
export const CHUNKS_PER_RUN = 2 ** 20;
/** Runs of one level that are merged into one of the next. */
const FAN_IN = 8;
const SEALED_LEVEL = 100;
/**
 * A token that more journeys of a run bear is not worth its pairs: going through the journeys from newest to oldest meets
 * it soon. One pair with the number 0 stands for all.
 */
export const COMMON_PAIRS = 4_096;

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

export interface Pairs {
  /** 48-bit hashes as marks hold them. */
  tokens: readonly number[];
  /** Row numbers of the journeys, one for each token. */
  numbers: readonly number[];
}

interface Run {
  run: number;
  level: number;
}

export class PostingRows {
  readonly #db: Db;
  readonly #putRun;
  readonly #putChunk;
  readonly #chunks;
  readonly #dropRun;
  readonly #dropChunks;
  readonly #next;
  #segment = 0;
  /** Runs of the segment that is written to, oldest first. */
  #runs: Run[] = [];

  constructor(db: Db) {
    this.#db = db;
    this.#putRun = db.prepare<[number, number, number, number, Buffer]>(
      'INSERT INTO posting_runs (run, segment, level, mark, firsts) VALUES (?, ?, ?, ?, ?)',
    );
    this.#putChunk = db.prepare<[number, Buffer]>('INSERT INTO postings (key, pairs) VALUES (?, ?)');
    this.#chunks = db
      .prepare<[number, number], Buffer>('SELECT pairs FROM postings WHERE key BETWEEN ? AND ? ORDER BY key')
      .pluck();
    this.#dropRun = db.prepare<[number]>('DELETE FROM posting_runs WHERE run = ?');
    this.#dropChunks = db.prepare<[number, number]>('DELETE FROM postings WHERE key BETWEEN ? AND ?');
    this.#next = db.prepare<[], number>('SELECT coalesce(max(run), 0) + 1 FROM posting_runs').pluck();
  }

  /** Inside the caller's transaction; when that is rolled back, call `forget`. */
  add(segment: number, { tokens, numbers }: Pairs): void {
    if (segment !== this.#segment) this.#begin(segment);
    if (tokens.length === 0) return;
    const pairs = new BigUint64Array(tokens.length);
    const words = new Uint32Array(pairs.buffer);
    tokens.forEach((token, i) => {
      words[2 * i] = (numbers[i] ?? 0) % 2 ** 32;
      words[2 * i + 1] = low32(token);
    });
    pairs.sort();
    this.#write(pairs, 0);
    for (let level = 0; ; level++) {
      const same = this.#runs.filter((r) => r.level === level);
      if (same.length < FAN_IN) return;
      this.#merge(same, level + 1);
    }
  }

  forget(): void {
    this.#segment = 0;
  }

  /** Drops what leads to facts of segments before `oldest`. */
  prune(oldest: number): void {
    this.#dropAll('segment < ?', oldest);
  }

  dropSegment(segment: number): void {
    this.#dropAll('segment = ?', segment);
  }

  #dropAll(where: string, segment: number): void {
    const gone = this.#db
      .prepare<[number], number>(`SELECT run FROM posting_runs WHERE ${where}`)
      .pluck()
      .all(segment);
    for (const run of gone) this.#drop(run);
    this.forget();
  }

  /** The segment before is full: its runs become one. */
  #begin(segment: number): void {
    const runsOf = this.#db.prepare<[number], Run>(
      'SELECT run, level FROM posting_runs WHERE segment = ? ORDER BY run',
    );
    const unsealed = this.#db
      .prepare<[number, number], number>(
        'SELECT DISTINCT segment FROM posting_runs WHERE level < ? AND segment <> ?',
      )
      .pluck()
      .all(SEALED_LEVEL, segment);
    for (const number of unsealed) {
      this.#segment = number;
      this.#runs = runsOf.all(number);
      this.#merge(this.#runs, SEALED_LEVEL);
    }
    this.#segment = segment;
    this.#runs = runsOf.all(segment);
  }

  #merge(runs: readonly Run[], level: number): void {
    const parts = runs.flatMap(({ run }) =>
      this.#chunks.all(keyOf(run, 0), keyOf(run, CHUNKS_PER_RUN - 1)).map(unpack),
    );
    const pairs = new BigUint64Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      pairs.set(part, at);
      at += part.length;
    }
    pairs.sort();
    for (const { run } of runs) this.#drop(run);
    this.#runs = this.#runs.filter((r) => !runs.includes(r));
    this.#write(thinned(pairs), level);
  }

  #write(pairs: BigUint64Array, level: number): void {
    const run = this.#next.get() ?? 1;
    const words = new Uint32Array(pairs.buffer, pairs.byteOffset, pairs.length * 2);
    const firsts = Buffer.alloc(Math.ceil(pairs.length / CHUNK_PAIRS) * 4);
    for (let i = 0, chunk = 0; i < pairs.length; i += CHUNK_PAIRS, chunk++) {
      firsts.writeUInt32LE(words[2 * i + 1] ?? 0, chunk * 4);
      this.#putChunk.run(keyOf(run, chunk), pack(pairs.subarray(i, i + CHUNK_PAIRS)));
    }
    this.#putRun.run(run, this.#segment, level, randomInt(2 ** 47), firsts);
    this.#runs.push({ run, level });
  }

  #drop(run: number): void {
    this.#dropRun.run(run);
    this.#dropChunks.run(keyOf(run, 0), keyOf(run, CHUNKS_PER_RUN - 1));
  }
}

export function keyOf(run: number, chunk: number): number {
  return run * CHUNKS_PER_RUN + chunk;
}

/** The 32 bits of a token's hash that pairs hold. */
export function low32(token: number): number {
  return token % 2 ** 32;
}

/** Without repetitions, and without the pairs of common tokens. `pairs` is sorted and overwritten. */
function thinned(pairs: BigUint64Array): BigUint64Array {
  const words = new Uint32Array(pairs.buffer, pairs.byteOffset, pairs.length * 2);
  let kept = 0;
  for (let start = 0; start < pairs.length; ) {
    const token = words[2 * start + 1] ?? 0;
    const begin = kept;
    let i = start;
    for (; i < pairs.length && words[2 * i + 1] === token; i++) {
      const number = words[2 * i] ?? 0;
      if (kept > begin && words[2 * (kept - 1)] === number) continue;
      words[2 * kept] = number;
      words[2 * kept + 1] = token;
      kept++;
    }
    // the number 0 sorts first: it was common in one of the runs already
    if (words[2 * begin] === 0 || kept - begin > COMMON_PAIRS) {
      words[2 * begin] = 0;
      kept = begin + 1;
    }
    start = i;
  }
  return pairs.subarray(0, kept);
}

function pack(pairs: BigUint64Array): Buffer {
  const bytes = Buffer.from(pairs.buffer, pairs.byteOffset, pairs.byteLength);
  return LITTLE_ENDIAN ? bytes : Buffer.from(bytes).swap64();
}

export function unpack(bytes: Buffer): BigUint64Array {
  // a copy, since the bytes may not lie where a row of 64-bit words can
  const pairs = new BigUint64Array(bytes.length / 8);
  const copy = Buffer.from(pairs.buffer);
  bytes.copy(copy);
  if (!LITTLE_ENDIAN) copy.swap64();
  return pairs;
}
