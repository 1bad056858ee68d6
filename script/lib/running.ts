import { Refusal, say, textOf } from './shell.ts';

/** What runs, and the way to end it: last started, first ended. */
export class Running {
  #steps: (() => Promise<unknown>)[] = [];
  #over: Promise<void> | undefined;

  add(step: () => Promise<unknown>): void {
    this.#steps.push(step);
    // Something that was still starting when we were asked to stop.
    if (this.#over) this.#over = this.#over.then(() => this.#unwind());
  }

  /** Throws once we were asked to stop: called before each thing that is started. */
  goOn(): void {
    if (this.#over) throw new Refusal('Stopped while starting.');
  }

  async stop(): Promise<void> {
    this.#over ??= this.#unwind();
    let seen: Promise<void> | undefined;
    do {
      seen = this.#over;
      await seen;
    } while (seen !== this.#over);
  }

  async #unwind(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      await step().catch((error: unknown) => say(textOf(error)));
    }
  }
}
