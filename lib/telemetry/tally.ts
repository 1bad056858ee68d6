/**
 * A count by vhost, queue and why, that anybody's queue may come into: so many lines are told apart, queues that come later are
 * one `other` of their vhost. What has a line keeps it, so that no count ever falls.
 */
export const OTHER = 'other';

export interface Line<Why extends string> {
  labels: Record<'vhost' | 'queue' | Why, string>;
  count: number;
}

export class Tally<Why extends string> {
  readonly #most: number;
  readonly #lines = new Map<string, Line<Why>>();

  constructor(most: number) {
    this.#most = most;
  }

  add(labels: Line<Why>['labels'], n = 1): void {
    const key = keyOf(labels);
    const isOther = !this.#lines.has(key) && this.#lines.size >= this.#most;
    this.#line(isOther ? { ...labels, queue: OTHER } : labels).count += n;
  }

  lines(): Line<Why>[] {
    return [...this.#lines.values()];
  }

  #line(labels: Line<Why>['labels']): Line<Why> {
    const key = keyOf(labels);
    const line = this.#lines.get(key) ?? { labels, count: 0 };
    this.#lines.set(key, line);
    return line;
  }
}

function keyOf(labels: Record<string, string>): string {
  return JSON.stringify(Object.entries(labels).sort());
}
