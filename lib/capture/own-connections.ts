/** Trace messages of a connection may come after it has closed. */
const LINGER_MS = 30_000;

/** Connections (as the broker names them) on which Hoplight itself reads queues: what they are given is no delivery to a consumer. */
export class OwnConnections {
  readonly #clock: () => number;
  /** null: it is there; else since when it is not, ms since 1970 */
  readonly #names = new Map<string, number | null>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  note(name: string, there: boolean): void {
    const now = this.#clock();
    for (const [known, goneAt] of this.#names)
      if (goneAt !== null && now - goneAt > LINGER_MS) this.#names.delete(known);
    if (there) this.#names.set(name, null);
    else if (this.#names.has(name)) this.#names.set(name, now);
  }

  has(name: string): boolean {
    const goneAt = this.#names.get(name);
    return goneAt === null || (goneAt !== undefined && this.#clock() - goneAt <= LINGER_MS);
  }

  /** Those that are there now. */
  there(): string[] {
    return [...this.#names].flatMap(([name, goneAt]) => (goneAt === null ? [name] : []));
  }
}
