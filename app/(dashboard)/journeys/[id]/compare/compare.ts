/** What differs between two hops and the messages that they carry, row by row. Pure. */
import { clockMs, duration } from '@/app/_ui/format';
import type { Hop } from '@/lib/model/journey';
import type { Header, Message } from '@/lib/model/message';
import { REDACTED } from '@/lib/model/names';
import { valueText, wireName } from '../../../_parts/message/header-view';
import { propertyRows } from '../../../_parts/message/property-view';
import {
  type ClientNames,
  clientOf,
  lastedMs,
  nameOfExchange,
  precisionOf,
  sourceOf,
  waitBefore,
} from '../hop-words';
import { bodyRows } from './compare-bodies';

export const groups = ['Way', 'Properties', 'Headers', 'Body'] as const;

export interface Cell {
  /** null: it is not there. */
  text: string | null;
  /** The wire type, where there is one. */
  type?: string;
}

export interface Row {
  group: (typeof groups)[number];
  name: string;
  a: Cell;
  b: Cell;
  /** `hidden`: both were redacted before they were stored, so that nobody can tell. */
  is: 'same' | 'different' | 'hidden';
}

/** One side: the hop, and the message that it carries or that came into it. */
export interface Side {
  hop: Hop;
  message: Message | null;
}

export function compare(
  a: Side,
  b: Side,
  hops: readonly Hop[],
  names: ClientNames,
  at: (ms: number) => string,
): Row[] {
  return [
    ...wayRows(a.hop, b.hop, hops, names),
    ...(a.message && b.message ? messageRows(a.message, b.message, at) : []),
  ];
}

export function row(group: Row['group'], name: string, a: Cell, b: Cell): Row {
  const same = a.text === b.text && a.type === b.type;
  const hidden = same && a.text?.includes(REDACTED);
  return { group, name, a, b, is: hidden ? 'hidden' : same ? 'same' : 'different' };
}

function wayRows(a: Hop, b: Hop, hops: readonly Hop[], names: ClientNames): Row[] {
  const rows: Row[] = [];
  const add = (name: string, of: (hop: Hop) => string | null | undefined) => {
    const [x, y] = [of(a) ?? null, of(b) ?? null];
    if (x !== null || y !== null) rows.push(row('Way', name, { text: x }, { text: y }));
  };
  const apart = a.at !== null && b.at !== null ? b.at - a.at : null;
  const later =
    apart === null || apart === 0 ? '' : ` (${duration(Math.abs(apart))} ${apart > 0 ? 'later' : 'before'})`;
  add('What', (h) => h.kind);
  add('When', (h) => (h.at === null ? 'not known' : `${clockMs(h.at)}${h === b ? later : ''}`));
  add('Queue', (h) => h.queue);
  add('Exchange', (h) => (h.exchange === null ? null : nameOfExchange(h.exchange)));
  add('Key', (h) => h.routingKeys.join(', ') || null);
  add('Reached', (h) => h.routedQueues.join(', ') || null);
  add('Delivery', (h) => (h.attempt === null ? null : String(h.attempt)));
  add('Redelivered', (h) => (h.redelivered === null ? null : h.redelivered ? 'yes' : 'no'));
  add('Waited', (h) => words(h.kind === 'queue' ? lastedMs(h) : waitBefore(h, hops)));
  add('Held', (h) => (h.kind === 'delivery' ? words(lastedMs(h)) : null));
  add('Client', (h) => clientOf(h, names));
  add('Connection', (h) => h.connection);
  add('Channel', (h) => (h.channel === null ? null : String(h.channel)));
  add('User', (h) => h.user);
  add('Node', (h) => h.node);
  add('Reason', (h) => h.reason);
  add('Error', (h) => h.error);
  add('Answer', (h) => h.outcome);
  add('Replay', (h) => h.ids.replayId);
  add('Services', (h) => [...new Set(h.spans.map((s) => s.service ?? 'unnamed'))].join(', ') || null);
  add('Known by', (h) => `${h.provenance}: ${sourceOf(h)}, ${precisionOf(h)}`);
  return rows;
}

function words(ms: number | null): string | null {
  return ms === null ? null : duration(ms);
}

function messageRows(a: Message, b: Message, at: (ms: number) => string): Row[] {
  const before = propertyRows(a.properties, at);
  const after = propertyRows(b.properties, at);
  const properties = before.flatMap(({ name, type, words: text }, i) => {
    const other = after[i]?.words ?? null;
    return text === null && other === null
      ? []
      : [row('Properties', name, cell(text, type), cell(other, type))];
  });
  return [...properties, ...headerRows(a.headers, b.headers, at), ...bodyRows(a.body, b.body)];
}

function cell(text: string | null, type: string): Cell {
  return text === null ? { text } : { text, type };
}

/** Headers by name; one that comes twice meets its own turn on the other side. */
function headerRows(a: readonly Header[], b: readonly Header[], at: (ms: number) => string): Row[] {
  const left = byTurn(a);
  const right = byTurn(b);
  return [...new Set([...left.keys(), ...right.keys()])].map((key) => {
    const told = (header: Header | undefined): Cell =>
      header ? { text: valueText(header, at), type: wireName(header.type) } : { text: null };
    const name = (left.get(key) ?? right.get(key))?.name ?? '';
    const made = row('Headers', name || '(empty name)', told(left.get(key)), told(right.get(key)));
    // long values are told by their beginning: the whole decides
    const whole = [left.get(key), right.get(key)].map((h) => h && JSON.stringify([h.type, h.value]));
    return made.is === 'same' && whole[0] !== whole[1] ? { ...made, is: 'different' as const } : made;
  });
}

function byTurn(headers: readonly Header[]): Map<string, Header> {
  const turns = new Map<string, number>();
  return new Map(
    headers.map((header) => {
      const turn = turns.get(header.name) ?? 0;
      turns.set(header.name, turn + 1);
      return [JSON.stringify([header.name, turn]), header];
    }),
  );
}
