/** Names that are searched by pattern or by part: routing keys, and clients (users, connections, services). */
import type { Fact } from '../../model/fact.ts';
import { clientsOf, keysOf } from '../tokens.ts';
import type { Db } from './database.ts';

export type NameKind = 'key' | 'client';
/** Different names of a kind that a segment may add; keys that carry an order number have no end. */
export const MOST_NAMES = 20_000;
/** Names read for one question. */
const NAMES_READ = 500_000;

export class NameRows {
  readonly #put;
  readonly #prune;
  readonly #remove;
  readonly #seen: Record<NameKind, Set<string>> = { key: new Set(), client: new Set() };
  #segment = 0;

  constructor(db: Db) {
    this.#put = db.prepare<[string, string | null, number]>(
      `INSERT INTO names (kind, name, segment) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET segment = max(segment, excluded.segment)`,
    );
    this.#remove = db.prepare<[number]>('DELETE FROM names WHERE segment = ?');
    this.#prune = db.prepare<[number]>('DELETE FROM names WHERE segment < ?');
  }

  /** Inside the caller's transaction; when that is rolled back, call `forget`. */
  note(segment: number, facts: readonly Fact[]): void {
    if (segment !== this.#segment) this.forget();
    this.#segment = segment;
    for (const fact of facts) {
      for (const key of keysOf(fact)) this.#note('key', key);
      for (const client of clientsOf(fact)) this.#note('client', client);
    }
  }

  forget(): void {
    for (const seen of Object.values(this.#seen)) seen.clear();
    this.#segment = 0;
  }

  /** Drops names that were last seen in segments before `oldest`. */
  prune(oldest: number): void {
    this.forget();
    this.#prune.run(oldest);
  }

  /** Forgets the names that were last seen in this segment: facts went from it, `note` what is left. */
  forgetSegment(segment: number): void {
    this.forget();
    this.#remove.run(segment);
  }

  #note(kind: NameKind, name: string): void {
    const seen = this.#seen[kind];
    if (seen.has(name) || seen.size > MOST_NAMES) return;
    seen.add(name);
    // one too many: from here on it is known only that there are more
    if (seen.size > MOST_NAMES) this.#put.run(`more ${kind}`, '', this.#segment);
    else this.#put.run(kind, name, this.#segment);
  }
}

/** Names that pass; null when not all names are known, so that none can be ruled out. */
export function readNames(db: Db, kind: NameKind, passes: (name: string) => boolean): string[] | null {
  const more = db.prepare<[string]>('SELECT 1 FROM names WHERE kind = ? LIMIT 1').get(`more ${kind}`);
  if (more !== undefined) return null;
  const names = db
    .prepare<[string, number], string>('SELECT name FROM names WHERE kind = ? LIMIT ?')
    .pluck()
    .all(kind, NAMES_READ + 1);
  return names.length > NAMES_READ ? null : names.filter(passes);
}
