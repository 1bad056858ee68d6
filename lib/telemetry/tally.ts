/**
 * A count by vhost, queue and why, that anybody's queue may come into: so many lines are told apart, queues that come later are
 * one `other` of their vhost. What has a line keeps it, so that no count ever falls.
 *
 * A new line stands at 0 for its first minute: Prometheus takes the first value of a line for where it begins, so that
 * increase() would never see the first loss of a queue.
 */
const BORN_MS = 60_000;
export const OTHER = 'other';

export interface Line<Why extends string> {
  labels: Record<'vhost' | 'queue' | Why, string>;
  count: number;
}

export class Tally<Why extends string> {
  readonly #most: number;
  readonly #clock: () => number;
  readonly #lines = new Map<string, Line<Why> & { bornAt: number }>();

  constructor(most: number, clock: () => number) {
    this.#most = most;
    this.#clock = clock;
  }

  add(labels: Line<Why>['labels'], n = 1): void {
    const key = keyOf(labels);
    const isOther = !this.#lines.has(key) && this.#lines.size >= this.#most;
    this.#line(isOther ? { ...labels, queue: OTHER } : labels).count += n;
  }

  lines(): Line<Why>[] {
    const now = this.#clock();
    return [...this.#lines.values()].map(({ labels, count, bornAt }) => ({
      labels,
      count: now - bornAt < BORN_MS ? 0 : count,
    }));
  }

  #line(labels: Line<Why>['labels']) {
    const key = keyOf(labels);
    const line = this.#lines.get(key) ?? { labels, count: 0, bornAt: this.#clock() };
    this.#lines.set(key, line);
    return line;
  }
}

function keyOf(labels: Record<string, string>): string {
  return JSON.stringify(Object.entries(labels).sort());
}
