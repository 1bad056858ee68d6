import { hash48 } from './hash.ts';

/** Most tokens come again and again: SHA-1 is reckoned once for each of the latest. */
export class TokenHashes {
  readonly #known = new Map<string, number>();

  of(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const hash = hash48(text);
    if (this.#known.size >= 50_000) this.#known.clear();
    this.#known.set(text, hash);
    return hash;
  }
}
