/** Spans that go with others: those below an attached span, and what was sent because of what was processed. */
import type { Fact } from '../model/fact.ts';
import type { Span } from '../model/span.ts';
import { operationOf } from './span-words.ts';

/** By span ID: the facts whose step a span is. */
export type Owners = ReadonlyMap<string, readonly Fact[]>;

/**
 * Gives each attached span's steps the spans below it; a consumer's does not go with the publish. `sorted` by time,
 * `direct` what was found for each span itself. Returns the spans of each step by fact ID, parents first.
 */
export function spansBelow(
  sorted: readonly Span[],
  direct: Owners,
): { owners: Owners; spans: Map<string, Span[]>; loose: Span[] } {
  const owned = new Map<string, readonly Fact[]>();
  const spans = new Map<string, Span[]>();
  const children = new Map<string, Span[]>();
  for (const span of sorted) put(children, span.parentSpanId ?? '', span);
  const walk = (from: Span, owners: readonly Fact[]) => {
    const stack = [from];
    for (let span = stack.pop(); span; span = stack.pop()) {
      if (owned.has(span.spanId)) continue;
      owned.set(span.spanId, owners);
      for (const owner of owners) put(spans, owner.id, span);
      const next = (children.get(span.spanId) ?? []).filter((child) => follows(child, owners, direct));
      stack.push(...next.toReversed());
    }
  };
  // first those that begin a step: the others of the same step come by the walk itself, after their parents
  for (const span of sorted) {
    const owners = direct.get(span.spanId);
    const above = direct.get(span.parentSpanId ?? '');
    if (owners && !(above && sameFacts(above, owners))) walk(span, owners);
  }
  for (const span of sorted) {
    const owners = direct.get(span.spanId);
    if (owners) walk(span, owners);
  }
  return { owners: owned, spans, loose: sorted.filter((s) => !owned.has(s.spanId)) };
}

function put<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const list = lists.get(key);
  if (list) list.push(one);
  else lists.set(key, [one]);
}

function follows(child: Span, owners: readonly Fact[], direct: Owners): boolean {
  const own = direct.get(child.spanId);
  if (own) return sameFacts(own, owners);
  const operation = operationOf(child);
  const consumes = operation === 'receive' || operation === 'process' || operation === 'settle';
  return !(consumes && owners[0]?.kind === 'published');
}

function sameFacts(a: readonly Fact[], b: readonly Fact[]): boolean {
  return a.length === b.length && a.every((fact) => b.includes(fact));
}

/**
 * A publish whose producer's span lies below a consumer's was sent because of that delivery: IDs of publish and
 * delivery.
 */
export function causesOf(
  published: readonly Fact[],
  sorted: readonly Span[],
  direct: Owners,
  owners: Owners,
): Map<string, string> {
  const causes = new Map<string, string>();
  const spans = new Map(sorted.map((s) => [s.spanId, s]));
  const producers = new Map<Fact, Span>();
  for (const span of sorted)
    for (const fact of direct.get(span.spanId) ?? []) if (!producers.has(fact)) producers.set(fact, span);
  for (const publish of published) {
    const named = spans.get(publish.ids.spanId ?? '');
    // headers that were copied along name the span that sent the first of them
    const start = producers.get(publish) ?? (named && operationOf(named) !== 'send' ? named : undefined);
    const seen = new Set<string>();
    for (let span = start; span && !seen.has(span.spanId); span = spans.get(span.parentSpanId ?? '')) {
      seen.add(span.spanId);
      const delivery = owners.get(span.spanId)?.find((f) => f.kind === 'delivered');
      if (!delivery) continue;
      causes.set(publish.id, delivery.id);
      break;
    }
  }
  return causes;
}
