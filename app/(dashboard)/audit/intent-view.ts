/** What an act intended, as lines to read. It was written by an earlier version perhaps: nothing is taken for granted. Pure. */
import type { AuditEntryView } from '@/lib/model/audit';
import type { LetterFilter } from '@/lib/model/letter-filter';
import { whereText } from '@/lib/model/where';

type Json = AuditEntryView['intent'];
type Table = { [name: string]: Json };

export interface Line {
  label: string;
  value: string;
  /** A name or an ID of the broker's. */
  mono?: boolean;
}
export interface Section {
  title: string;
  lines: Line[];
}

const isTable = (v: Json | undefined): v is Table => typeof v === 'object' && v !== null && !Array.isArray(v);
const tableAt = (v: Json | undefined, name: string): Table | null => {
  const found = isTable(v) && Object.hasOwn(v, name) ? v[name] : undefined;
  return isTable(found) ? found : null;
};
const textAt = (v: Table | null, name: string): string | null =>
  v && Object.hasOwn(v, name) && typeof v[name] === 'string' ? v[name] : null;
const numberAt = (v: Table | null, name: string): number | null =>
  v && Object.hasOwn(v, name) && typeof v[name] === 'number' ? v[name] : null;
const listAt = (v: Table | null, name: string): Json[] => {
  const found = v && Object.hasOwn(v, name) ? v[name] : undefined;
  return Array.isArray(found) ? found : [];
};
const count = (n: number) => n.toLocaleString('en-US');
const counted = (n: number, what: string) => `${count(n)} ${what}${n === 1 ? '' : 's'}`;

/** How many messages the act was about; null where that cannot be told. */
export function manyOf({ kind, intent }: Pick<AuditEntryView, 'kind' | 'intent'>): number | null {
  if (kind === 'publish') return 1;
  if (!isTable(intent)) return null;
  return (
    numberAt(tableAt(intent, 'plan'), 'selected') ??
    numberAt(tableAt(intent, 'counts'), 'selected') ??
    numberAt(tableAt(intent, 'exported'), 'messages')
  );
}

/** The request, the plan and the consent of a replay; else every field by its name. */
export function intentView(intent: Json): Section[] {
  const request = tableAt(intent, 'request');
  const plan = tableAt(intent, 'plan');
  if (request && textAt(request, 'queue') !== null) {
    const sections = [{ title: 'Asked for', lines: requestLines(request) }];
    if (plan) sections.push(...planSections(plan, listAt(request, 'consent')));
    return sections.filter((s) => s.lines.length > 0);
  }
  const lines = fieldLines(intent);
  return lines.length > 0 ? [{ title: 'What was to be done', lines }] : [];
}

function requestLines(r: Table): Line[] {
  const lines: Line[] = [
    { label: 'Queue', value: textAt(r, 'queue') ?? '', mono: true },
    { label: 'Vhost', value: textAt(r, 'vhost') ?? '', mono: true },
    { label: 'Messages', value: selectionWords(tableAt(r, 'select')) },
  ];
  const act = textAt(r, 'act') ?? 'replay';
  if (act !== 'delete') lines.push({ label: 'To', value: targetWords(tableAt(r, 'target')) });
  const rate = numberAt(r, 'rate');
  if (rate !== null) lines.push({ label: 'Rate', value: `at most ${count(rate)} a second` });
  const canary = tableAt(r, 'canary');
  if (canary)
    lines.push({
      label: 'Canary',
      value: `the first ${firstWords(numberAt(canary, 'messages') ?? 1)}, ${numberAt(canary, 'waitSeconds') ?? '?'} s each; ${canary.goOn === false ? 'then it waits for a word' : 'then on by itself when all were settled'}`,
    });
  const brake = tableAt(r, 'brake');
  if (brake) lines.push({ label: 'Brake', value: brakeWords(brake) });
  if (r.keepOrder === true) lines.push({ label: 'Order', value: 'kept, one at a time' });
  const expiration = textAt(r, 'expiration');
  if (expiration !== null && expiration !== 'keep')
    lines.push({ label: 'Expiration', value: expiration === 'drop' ? 'none' : 'as before its death' });
  if (r.persistent === true)
    lines.push({ label: 'Copies', value: 'persistent, whatever the originals were' });
  if (isTable(r.edit)) lines.push({ label: 'Edited', value: editWords(r.edit) });
  const reason = textAt(r, 'reason');
  if (reason) lines.push({ label: 'Reason', value: reason });
  return lines;
}

const firstWords = (n: number) => (n === 1 ? 'message' : counted(n, 'message'));

function selectionWords(select: Table | null): string {
  const kind = textAt(select, 'kind');
  if (kind === 'messages') return 'those that were chosen one by one';
  if (kind === 'causes') {
    const keys = listAt(select, 'keys');
    return `of ${counted(keys.length, 'cause')}: ${keys.map(causeWords).join('; ')}`;
  }
  if (kind === 'filter') return `those that fit ${filterWords(tableAt(select, 'filter'))}`;
  return kind === 'all' ? 'all that lay there' : 'not told';
}

const FILTER = new Set('headers json text origin reason error exchange key from to causes'.split(' '));
const isFilter = (v: unknown): v is LetterFilter =>
  typeof v === 'object' && v !== null && Object.keys(v).every((name) => FILTER.has(name));

function filterWords(filter: Table | null): string {
  try {
    if (isFilter(filter)) return whereText(filter);
  } catch {
    // of another version than this page
  }
  return JSON.stringify(filter);
}

/** `["billing","rejected","timeout"]` → "billing, rejected, timeout". */
function causeWords(key: Json): string {
  if (typeof key !== 'string') return 'not told';
  try {
    const parts: unknown = JSON.parse(key);
    if (Array.isArray(parts)) return parts.filter((p) => typeof p === 'string' && p !== '').join(', ');
  } catch {
    // an older form: shown as it is
  }
  return key;
}

function targetWords(target: Table | null): string {
  const kind = textAt(target, 'kind');
  if (kind === 'queue') return `the queue ${textAt(target, 'queue') ?? ''}`;
  if (kind === 'exchange') {
    const key = textAt(target, 'routingKey');
    return `the exchange ${textAt(target, 'exchange') || '(default)'}, ${key === null ? 'each with its own routing key' : `key ${key}`}`;
  }
  return kind === 'first origin' ? 'the queue where each died first' : 'the queue where each died';
}

function brakeWords(brake: Table): string {
  const rules: [string, (n: string) => string][] = [
    ['diedAgain', (n) => `${n} died again`],
    ['depth', (n) => `a target holds more than ${n}`],
    ['unacked', (n) => `more than ${n} are unacknowledged`],
  ];
  const on = rules.flatMap(([name, words]) => {
    const n = numberAt(brake, name);
    return n === null ? [] : [words(count(n))];
  });
  return on.length > 0 ? `when ${on.join(', or ')}` : 'none';
}

function editWords(edit: Table): string {
  const headers = tableAt(edit, 'headers');
  const names = [
    ...listAt(headers, 'set').flatMap((h) => textAt(isTable(h) ? h : null, 'name') ?? []),
    ...listAt(headers, 'remove').filter((n) => typeof n === 'string'),
    ...Object.keys(tableAt(edit, 'properties') ?? {}),
    ...(edit.body === undefined ? [] : ['the body']),
  ];
  return names.join(', ') || 'nothing';
}

function planSections(plan: Table, consent: readonly Json[]): Section[] {
  const selected = numberAt(plan, 'selected') ?? 0;
  const lines: Line[] = [
    {
      label: 'Frozen',
      value: `${count(selected)} of ${count(numberAt(plan, 'inQueue') ?? selected)} messages`,
    },
  ];
  const print = textAt(plan, 'fingerprint');
  if (print) lines.push({ label: 'Fingerprint', value: print, mono: true });
  for (const target of listAt(plan, 'targets').filter(isTable)) {
    const exchange = textAt(target, 'exchange');
    const key = textAt(target, 'routingKey') ?? '';
    const queues = listAt(target, 'reaches').flatMap((q) => textAt(isTable(q) ? q : null, 'queue') ?? []);
    const n = numberAt(target, 'messages');
    lines.push({
      label: 'To',
      value: `${exchange ? `exchange ${exchange}, key ${key}` : key}${n === null ? '' : `: ${counted(n, 'message')}`}${queues.length > 0 && exchange ? `, reaching ${queues.join(', ')}` : ''}`,
    });
  }
  for (const stay of listAt(plan, 'stays').filter(isTable))
    lines.push({
      label: 'Stays',
      value: `${count(numberAt(stay, 'messages') ?? 0)}: ${textAt(stay, 'words') ?? ''}`,
    });
  for (const change of listAt(plan, 'changes').filter(isTable))
    lines.push({
      label: 'Changes',
      value: `${textAt(change, 'field') ?? ''} ${textAt(change, 'words') ?? ''}`,
    });
  return [
    { title: 'Plan', lines },
    {
      title: 'Warnings',
      lines: listAt(plan, 'warnings')
        .filter(isTable)
        .map((w) => warningLine(w, consent)),
    },
  ].filter((s) => s.lines.length > 0);
}

function warningLine(warning: Table, consent: readonly Json[]): Line {
  const code = textAt(warning, 'code') ?? '';
  const agreed = consent.includes(code);
  const label = warning.level === 'consent' ? (agreed ? 'Agreed to' : 'Not agreed to') : 'To know';
  return { label, value: textAt(warning, 'words') ?? code };
}

/** Each field on its way down: `before.body.mode`. At most 200. */
function fieldLines(value: Json, path = ''): Line[] {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return [];
  if (Array.isArray(value) && value.every((v) => typeof v !== 'object' || v === null))
    return [{ label: path, value: value.map(String).join(', ') }];
  if (typeof value !== 'object') return [{ label: path || 'value', value: String(value) }];
  const entries = Array.isArray(value)
    ? value.map((v, i): [string, Json] => [String(i + 1), v])
    : Object.entries(value);
  return entries.flatMap(([name, v]) => fieldLines(v, path ? `${path}.${name}` : name)).slice(0, 200);
}
