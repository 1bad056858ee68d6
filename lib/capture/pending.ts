/** Questions to the worker that wait for their answer, by number. */
export class Pending<T> {
  readonly #waiting = new Map<number, (answer: T) => void>();
  /** The number of the last question. */
  latest = 0;

  /** `send` asks; resolves with the answer, or 'late' after `ms`. */
  ask(ms: number, send: (number: number) => void): Promise<T | 'late'> {
    const number = ++this.latest;
    return new Promise((resolve) => {
      const timer = setTimeout(() => done('late'), ms);
      const done = (answer: T | 'late') => {
        clearTimeout(timer);
        this.#waiting.delete(number);
        resolve(answer);
      };
      this.#waiting.set(number, done);
      send(number);
    });
  }

  answer(number: number, answer: T): void {
    this.#waiting.get(number)?.(answer);
  }
}
