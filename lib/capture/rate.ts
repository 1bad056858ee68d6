const WINDOW_S = 5;

/** Events and bytes per second over the last five whole seconds, without a timer. `now` in ms since 1970. */
export class Rate {
  readonly #slots = Array.from({ length: WINDOW_S + 1 }, () => ({ second: -1, events: 0, bytes: 0 }));

  add(now: number, bytes: number): void {
    const slot = this.#slot(Math.floor(now / 1_000));
    slot.events++;
    slot.bytes += bytes;
  }

  read(now: number): { eventsPerSecond: number; bytesPerSecond: number } {
    const second = Math.floor(now / 1_000);
    const window = this.#slots.filter((s) => s.second < second && s.second >= second - WINDOW_S);
    return {
      eventsPerSecond: window.reduce((sum, s) => sum + s.events, 0) / WINDOW_S,
      bytesPerSecond: window.reduce((sum, s) => sum + s.bytes, 0) / WINDOW_S,
    };
  }

  #slot(second: number): { second: number; events: number; bytes: number } {
    const index = second % this.#slots.length;
    const slot = this.#slots[index];
    if (slot?.second === second) return slot;
    const fresh = { second, events: 0, bytes: 0 };
    this.#slots[index] = fresh;
    return fresh;
  }
}
