/** Headers as people read them: the wire type's name, and the value in a form that tells what it is. Pure. */
import type { Header, WireTag } from '@/lib/model/message';
import { bytesOf } from './body-view';

const NAMES: Record<WireTag, string> = {
  t: 'boolean',
  b: 'int8',
  B: 'uint8',
  s: 'int16',
  u: 'uint16',
  I: 'int32',
  i: 'uint32',
  l: 'int64',
  L: 'uint64',
  f: 'float',
  d: 'double',
  D: 'decimal',
  S: 'longstr',
  x: 'bytes',
  A: 'array',
  T: 'timestamp',
  F: 'table',
  V: 'void',
};

export function wireName(tag: WireTag | null): string {
  return tag === null ? 'not seen' : NAMES[tag];
}

const MOST = 8_192;

/** One line, at most 8,192 characters; `at` writes a time in ms. */
export function valueText({ type, value }: Header, at: (ms: number) => string): string {
  if (value === null) return type === 'V' ? 'void' : 'null';
  if (type === 'T' && (typeof value === 'number' || typeof value === 'string')) return timestamp(value, at);
  if (type === 'x' && typeof value === 'string') return bytesText(value);
  // a double of a whole value is not an integer: a consumer with types can tell
  if ((type === 'd' || type === 'f') && typeof value === 'number' && Number.isInteger(value))
    return Math.abs(value) < 1e15 ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}

/** AMQP timestamps are whole seconds since 1970; one that no date can hold stays a figure. */
export function timestamp(seconds: number | string, at: (ms: number) => string): string {
  const ms = Number(seconds) * 1000;
  return Math.abs(ms) <= 8.64e15 ? at(ms) : `${seconds} s`;
}

function bytesText(base64: string): string {
  const bytes = bytesOf(base64);
  const shown = Array.from(bytes.subarray(0, 24), (b) => b.toString(16).padStart(2, '0')).join(' ');
  return `${bytes.length} B  ${shown}${bytes.length > 24 ? ' …' : ''}`;
}
