/** Which parts of these messages deserve a column of their own, and what stands in them. Pure. */
import { headerOrigin } from '@/lib/journey/header-origin';
import { parseJsonPath, someAt } from '@/lib/model/json-path';
import type { LetterFilter } from '@/lib/model/letter-filter';
import type { DeadLetter } from '@/lib/model/replay';
import { whereText } from '@/lib/model/where';
import { bytesOf } from '../_parts/message/body-view';

/** A header by its name, or a JSON path into the body. */
export interface Part {
  kind: 'header' | 'json';
  name: string;
}

/** Messages that are looked at to choose. */
const SAMPLE = 60;
const MOST_BODY = 65_536;
/** Headers of tracing and of errors have their own places. */
const ELSEWHERE =
  /^(traceparent|tracestate|baggage|x-trace-id|b3|x-b3-.*|cc|bcc|.*(error|exception|fault|failure).*)$/i;
const ID = /(^|[a-z_-])(id|ids|no|number|ref|key|sku)$/i;
/** Names that say which message rather than what kind of. */
const MACHINE = /^(message|correlation|trace|span|event|request)[_-]?id$/i;

/** What the filter speaks of, first; then an ID of the body and a header by which messages differ. At most two. */
export function partsOf(messages: readonly DeadLetter[], filter: LetterFilter | null): Part[] {
  const asked: Part[] = [
    ...(filter?.json ?? []).map(({ path }): Part => ({ kind: 'json', name: path })),
    ...(filter?.headers ?? []).map(({ name }): Part => ({ kind: 'header', name })),
  ];
  const step = Math.max(1, Math.floor(messages.length / SAMPLE));
  const sample = messages.filter((_, i) => i % step === 0).slice(0, SAMPLE);
  const [path] = frequent(sample, topLevelIds);
  const headers = frequent(sample, shortHeaders);
  const found: Part[] = [
    ...(path ? [{ kind: 'json' as const, name: path }] : []),
    ...headers.slice(0, 1).map((name): Part => ({ kind: 'header', name })),
  ];
  const all = [...asked, ...found];
  return all.filter((p, i) => all.findIndex((o) => o.kind === p.kind && o.name === p.name) === i).slice(0, 2);
}

/** Names that at least half of the messages have, those with several values first, then the most frequent. */
function frequent(
  sample: readonly DeadLetter[],
  namesOf: (letter: DeadLetter) => [name: string, value: string][],
): string[] {
  const seen = new Map<string, { n: number; values: Set<string> }>();
  for (const letter of sample)
    for (const [name, value] of namesOf(letter)) {
      const known = seen.get(name) ?? { n: 0, values: new Set<string>() };
      seen.set(name, known);
      known.n++;
      known.values.add(value);
    }
  return [...seen]
    .filter(([, { n }]) => n * 2 >= sample.length)
    .sort(([, a], [, b]) => Number(b.values.size > 1) - Number(a.values.size > 1) || b.n - a.n)
    .map(([name]) => name);
}

function topLevelIds(letter: DeadLetter): [string, string][] {
  const body = parsed(letter);
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return [];
  return Object.entries(body).flatMap(([key, value]): [string, string][] =>
    ID.test(key) &&
    !MACHINE.test(key) &&
    /^[\w-]+$/.test(key) &&
    (typeof value === 'string' || typeof value === 'number')
      ? [[`$.${key}`, String(value)]]
      : [],
  );
}

function shortHeaders({ message }: DeadLetter): [string, string][] {
  return message.headers.flatMap(({ name, value }): [string, string][] =>
    headerOrigin(name) === 'publisher' &&
    !ELSEWHERE.test(name) &&
    typeof value === 'string' &&
    value.length <= 24
      ? [[name, value]]
      : [],
  );
}

/** What the message has there, as text; null when it has nothing, or nobody can say since its body was cut. */
export function partText(letter: DeadLetter, { kind, name }: Part): string | null {
  if (kind === 'header') {
    const wanted = name.toLowerCase();
    const header = letter.message.headers.findLast((h) => h.name.toLowerCase() === wanted);
    return header ? textOf(header.value) : null;
  }
  const path = parseJsonPath(name);
  let found: string | null = null;
  if (path)
    someAt(parsed(letter), path, (value) => {
      found = textOf(value);
      return true;
    });
  return found;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

const bodies = new WeakMap<DeadLetter, unknown>();

function parsed(letter: DeadLetter): unknown {
  if (bodies.has(letter)) return bodies.get(letter);
  const { data, truncated, size } = letter.message.body;
  let value: unknown = null;
  if (data !== null && !truncated && size <= MOST_BODY)
    try {
      value = JSON.parse(new TextDecoder().decode(bytesOf(data)));
    } catch {
      value = null;
    }
  bodies.set(letter, value);
  return value;
}

/** Filters that mean something here, out of the messages that were read. */
export function examplesOf(messages: readonly DeadLetter[]): { where: string; words: string }[] {
  const [first] = messages;
  const parts = partsOf(messages, null);
  const header = parts.find((p) => p.kind === 'header');
  const path = parts.find((p) => p.kind === 'json');
  const value = (part: Part | undefined, instead: string) =>
    (part && first && partText(first, part)) || instead;
  const error = messages
    .find((m) => m.error !== null)
    ?.error?.split(/\s+/)
    .slice(0, 2)
    .join(' ');
  return [
    {
      where: whereText({
        headers: [{ name: header?.name ?? 'x-tenant', value: value(header, 'acme') }],
      }),
      words: 'a header with this value; without = it must be there',
    },
    {
      where: whereText({ json: [{ path: path?.name ?? '$.order.id', value: value(path, '9871') }] }),
      words: 'the JSON body has this value there',
    },
    { where: whereText({ error: error || 'timeout calling' }), words: 'in the error that the service wrote' },
    { where: 'after=-15m', words: 'died in the last quarter of an hour; also 10:30, 2026-11-21T10:00Z' },
    {
      where: (first?.ids.messageId ?? first?.ids.traceId ?? '8841').slice(0, 8).trim() || '8841',
      words: 'any text in the body, a header or an ID',
    },
  ];
}
