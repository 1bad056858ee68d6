/**
 * Fact IDs sort by time of recording: 9 base-36 digits of ms since 1970 (enough until the year 5188), 4 of a counter
 * within the millisecond's run, 5 of chance. The store looks for twins only where an ID could lie, so keep to this form.
 */
const DIGITS = 36;
const COUNTER_LIMIT = DIGITS ** 4;

export interface FactIdSource {
  /** ms since 1970 */
  clock: () => number;
  /** 0 ≤ x < 1 */
  random: () => number;
}

/** Never goes back, even when the clock does: then the last time is kept and the counter runs on. */
export function createFactIds(source: FactIdSource = { clock: Date.now, random: Math.random }): () => string {
  let time = 0;
  let counter = 0;
  return () => {
    const now = Math.floor(source.clock());
    if (now > time) {
      time = now;
      counter = 0;
    } else if (++counter === COUNTER_LIMIT) {
      time++;
      counter = 0;
    }
    const chance = Math.floor(source.random() * DIGITS ** 5);
    return `${pad(time, 9)}${pad(counter, 4)}${pad(chance, 5)}`;
  };
}

function pad(value: number, width: number): string {
  return value.toString(DIGITS).padStart(width, '0');
}
