/** Looks tokens up in the runs that postings.ts writes. Use it inside one read transaction: runs are merged meanwhile. */
import type { Db } from './database.ts';
import { keyOf, low32, unpack } from './postings.ts';

/** Where a token was met. */
export interface Found {
  /** Low 32 bits of row numbers, as they come. */
  numbers: number[];
  /** Segments that hold it at all. */
  segments: Set<number>;
  /** True when some segment has it so often that `numbers` leaves it out. */
  common: boolean;
}

interface RunRow {
  run: number;
  mark: number;
  segment: number;
}

export class PostingReader {
  readonly #list;
  readonly #firsts;
  readonly #chunk;
  /** Directories by the mark of their run: a run is never changed, only replaced. */
  readonly #directories = new Map<number, Uint32Array>();

  constructor(db: Db) {
    this.#list = db.prepare<[], RunRow>('SELECT run, mark, segment FROM posting_runs ORDER BY run');
    this.#firsts = db.prepare<[number], Buffer>('SELECT firsts FROM posting_runs WHERE run = ?').pluck();
    this.#chunk = db.prepare<[number], Buffer>('SELECT pairs FROM postings WHERE key = ?').pluck();
  }

  /** For each group those that bear any of its tokens (48-bit hashes). */
  find(groups: readonly (readonly number[])[]): Found[] {
    const runs = this.#list.all();
    const there = new Set(runs.map((r) => r.mark));
    for (const mark of this.#directories.keys()) if (!there.has(mark)) this.#directories.delete(mark);
    return groups.map((tokens) => {
      const found: Found = { numbers: [], segments: new Set(), common: false };
      for (const run of runs)
        for (const token of tokens) if (this.#look(run, low32(token), found)) found.segments.add(run.segment);
      return found;
    });
  }

  #look({ run, mark }: RunRow, token: number, found: Found): boolean {
    const firsts = this.#directory(run, mark);
    let hit = false;
    // pairs of the token may begin at the end of the chunk before the first that begins with it
    for (let chunk = Math.max(0, lowerBound(firsts, token) - 1); chunk < firsts.length; chunk++) {
      if ((firsts[chunk] ?? 0) > token) break;
      const bytes = this.#chunk.get(keyOf(run, chunk));
      if (!bytes) break;
      const pairs = unpack(bytes);
      const words = new Uint32Array(pairs.buffer);
      for (let i = firstPair(words, token); i < pairs.length && words[2 * i + 1] === token; i++) {
        const number = words[2 * i] ?? 0;
        hit = true;
        if (number === 0) found.common = true;
        else found.numbers.push(number);
      }
    }
    return hit;
  }

  #directory(run: number, mark: number): Uint32Array {
    const known = this.#directories.get(mark);
    if (known) return known;
    const bytes = this.#firsts.get(run) ?? Buffer.alloc(0);
    const firsts = Uint32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32LE(i * 4));
    this.#directories.set(mark, firsts);
    return firsts;
  }
}

/** Index of the first that is not smaller. */
function lowerBound(sorted: Uint32Array, wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same over pairs, of which the second word is the token. */
function firstPair(words: Uint32Array, token: number): number {
  let low = 0;
  let high = words.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((words[2 * middle + 1] ?? 0) < token) low = middle + 1;
    else high = middle;
  }
  return low;
}
