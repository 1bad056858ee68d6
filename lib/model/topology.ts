/** Where a message would go: pure routing over the bindings of a snapshot, as the broker would do it. */
import { type Binding, type Exchange, isOwnQueue } from './broker.ts';

export interface Topology {
  exchanges: readonly Exchange[];
  bindings: readonly Binding[];
  /** queue names by vhost, to tell whether a default-exchange target exists */
  queues: readonly { vhost: string; name: string }[];
}

export interface Route {
  /** The exchange exists ('' always does). */
  exists: boolean;
  queues: string[];
  /** Alternate exchanges that took it because nothing else did. */
  viaAlternate: string | null;
}

/** Topic match: words separated by dots, `*` one word, `#` zero or more. Linear in pattern × key. */
export function topicMatches(pattern: string, key: string): boolean {
  // `#.#` means what `#` means: a pattern of nothing else must not be gone through word by word for each of many keys
  const p = pattern.split('.').filter((word, i, all) => word !== '#' || all[i - 1] !== '#');
  const k = key === '' ? [] : key.split('.');
  // '' as a pattern matches the empty key, which splits into no words
  if (pattern === '') return k.length === 0;
  if (p.filter((word) => word !== '#').length > k.length) return false;
  let reach = new Set([0]);
  for (const word of p) {
    const next = new Set<number>();
    // the smallest comes first, and from it `#` reaches all that it reaches from the others
    for (const at of reach) {
      if (word === '#') {
        for (let i = at; i <= k.length; i++) next.add(i);
        break;
      }
      if (at < k.length && (word === '*' || word === k[at])) next.add(at + 1);
    }
    reach = next;
    if (reach.size === 0) return false;
  }
  return reach.has(k.length);
}

/** Whether some key exists that both topic patterns match: 'order.*' and '#.created' do, 'a.*' and 'b.#' do not. */
export function patternsOverlap(one: string, other: string): boolean {
  const a = one === '' ? [] : one.split('.');
  const b = other === '' ? [] : other.split('.');
  const known = new Map<number, boolean>();
  const from = (i: number, j: number): boolean => {
    const at = i * (b.length + 1) + j;
    const before = known.get(at);
    if (before !== undefined) return before;
    let hit = false;
    if (i === a.length && j === b.length) hit = true;
    else if (a[i] === '#') hit = from(i + 1, j) || (j < b.length && from(i, j + 1));
    else if (b[j] === '#') hit = from(i, j + 1) || (i < a.length && from(i + 1, j));
    else if (i < a.length && j < b.length)
      hit = (a[i] === '*' || b[j] === '*' || a[i] === b[j]) && from(i + 1, j + 1);
    known.set(at, hit);
    return hit;
  };
  return from(0, 0);
}

function headersMatch(args: Binding['arguments'], headers: ReadonlyMap<string, unknown>): boolean {
  const mode = String(args['x-match'] ?? 'all');
  const withX = mode.endsWith('-with-x');
  const wanted = Object.entries(args).filter(([k]) => k !== 'x-match' && (withX || !k.startsWith('x-')));
  const hit = ([k, v]: [string, unknown]) => headers.has(k) && (v === null || headers.get(k) === v);
  return mode.startsWith('any') ? wanted.some(hit) : wanted.every(hit);
}

/**
 * The queues that a publish to `exchange` with `keys` (routing key, CC, BCC) reaches now: exchange-to-exchange bindings
 * and alternate exchanges followed, loops cut. Unknown exchange types (plugins) match nothing and are left to the broker.
 * Hoplight's own taps do not count as a place where a message goes.
 */
export function route(
  topology: Topology,
  vhost: string,
  exchange: string,
  keys: readonly string[],
  headers: ReadonlyMap<string, unknown> = new Map(),
): Route {
  if (exchange === '') {
    const queues = topology.queues
      .filter((q) => q.vhost === vhost && keys.includes(q.name))
      .map((q) => q.name);
    return { exists: true, queues: [...new Set(queues)], viaAlternate: null };
  }
  const found = new Set<string>();
  let viaAlternate: string | null = null;
  const seen = new Set<string>();
  const walk = (name: string): boolean => {
    if (seen.has(name)) return false;
    seen.add(name);
    const ex = topology.exchanges.find((e) => e.vhost === vhost && e.name === name);
    if (!ex) return false;
    let matched = false;
    for (const b of topology.bindings) {
      if (b.vhost !== vhost || b.source !== name || isOwnQueue(b.destination)) continue;
      const hit =
        ex.type === 'fanout' ||
        (ex.type === 'direct' && keys.includes(b.routingKey)) ||
        (ex.type === 'topic' && keys.some((k) => topicMatches(b.routingKey, k))) ||
        (ex.type === 'headers' && headersMatch(b.arguments, headers));
      if (!hit) continue;
      matched = true;
      if (b.destinationType === 'queue') found.add(b.destination);
      else walk(b.destination);
    }
    if (!matched && ex.alternate) {
      if (walk(ex.alternate)) viaAlternate ??= ex.alternate;
    }
    return matched || viaAlternate !== null;
  };
  const exists = topology.exchanges.some((e) => e.vhost === vhost && e.name === exchange);
  walk(exchange);
  return { exists, queues: [...found], viaAlternate };
}
