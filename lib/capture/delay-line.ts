/**
 * Holds things back for a fixed time, in order. Dead letters wait here for the firehose: when a client published the
 * message, its trace message may come a moment after the tap's copy, and only then it is known to be no death.
 */
export const HOLD_MS = 250;
/** More than that are let go early, so that a storm of deaths cannot fill the memory. */
const HELD = 5_000;

export class DelayLine<T> {
  readonly #pass: (item: T) => void;
  readonly #clock: () => number;
  #items: { item: T; due: number }[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** `clock` in ms; `pass` gets each item `HOLD_MS` after it was added, or at `flush`. */
  constructor(pass: (item: T) => void, clock: () => number) {
    this.#pass = pass;
    this.#clock = clock;
  }

  add(item: T): void {
    this.#items.push({ item, due: this.#clock() + HOLD_MS });
    if (this.#items.length > HELD) this.#release(this.#items.splice(0, HELD / 2));
    this.#timer ??= setTimeout(() => this.#due(), HOLD_MS);
  }

  /** How many it holds. */
  get size(): number {
    return this.#items.length;
  }

  /** Lets everything go now. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#release(this.#items.splice(0));
  }

  #due(): void {
    const now = this.#clock();
    const waiting = this.#items.findIndex(({ due }) => due > now);
    this.#release(this.#items.splice(0, waiting === -1 ? this.#items.length : waiting));
    const [next] = this.#items;
    this.#timer = next ? setTimeout(() => this.#due(), Math.max(next.due - now, 1)) : null;
  }

  #release(items: { item: T }[]): void {
    for (const { item } of items) this.#pass(item);
  }
}
