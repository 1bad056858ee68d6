/** Two bodies side by side: JSON by path, text by line, bytes by the place where they part. Pure. */
import { count, bytes as size } from '@/app/_ui/format';
import type { Body } from '@/lib/model/message';
import { REDACTED } from '@/lib/model/names';
import { bodyView } from '../../../_parts/message/body-view';
import type { Cell, Row } from './compare';
import { jsonLeaves } from './json-leaves';

/** Lines that are matched with each other; longer texts are told apart line by line as they stand. */
const MOST_LINES = 400;

export function bodyRows(a: Body, b: Body): Row[] {
  const rows: Row[] = [told('size', sizeOf(a), sizeOf(b))];
  const [left, right] = [bodyView(a), bodyView(b)];
  if (!left || !right) {
    rows.push(told('content', left ? 'kept' : 'not kept', right ? 'kept' : 'not kept'));
    return rows;
  }
  if (left.text === null || right.text === null) return [...rows, bytesRow(left.bytes, right.bytes)];
  const whole = !a.truncated && !b.truncated;
  const [x, y] = whole ? [jsonLeaves(left.text), jsonLeaves(right.text)] : [null, null];
  return [...rows, ...(x && y ? pathRows(x, y) : lineRows(left.text, right.text))];
}

function told(name: string, a: string | null, b: string | null): Row {
  const same = a === b;
  return {
    group: 'Body',
    name,
    a: cell(a),
    b: cell(b),
    is: same && a?.includes(REDACTED) ? 'hidden' : same ? 'same' : 'different',
  };
}

function cell(text: string | null): Cell {
  return { text };
}

function sizeOf(body: Body): string {
  return `${count(body.size)} bytes${body.truncated ? ', its first part kept' : ''}`;
}

function pathRows(a: readonly [string, string][], b: readonly [string, string][]): Row[] {
  const [left, right] = [byTurn(a), byTurn(b)];
  return [...new Set([...left.keys(), ...right.keys()])].map((key) =>
    told(key.replace(/ #1$/, ''), left.get(key) ?? null, right.get(key) ?? null),
  );
}

/** A path that comes twice (a key twice in one object) is told apart by its turn. */
function byTurn(leaves: readonly [string, string][]): Map<string, string> {
  const turns = new Map<string, number>();
  return new Map(
    leaves.map(([path, value]) => {
      const turn = (turns.get(path) ?? 0) + 1;
      turns.set(path, turn);
      return [`${path} #${turn}`, value];
    }),
  );
}

/** Lines that only one side has, and in one row those that both have. */
function lineRows(a: string, b: string): Row[] {
  const [left, right] = [a.split(/\r?\n/), b.split(/\r?\n/)];
  const pairs =
    left.length <= MOST_LINES && right.length <= MOST_LINES ? matched(left, right) : beside(left, right);
  const rows: Row[] = [];
  let same = 0;
  for (const [i, j] of pairs) {
    const [x, y] = [i === null ? null : (left[i] ?? ''), j === null ? null : (right[j] ?? '')];
    if (x !== null && x === y) same++;
    else rows.push(told(`line ${(i ?? j ?? 0) + 1}`, x, y));
  }
  if (same > 0) rows.push(told('lines alike', count(same), count(same)));
  return rows;
}

type Pair = readonly [number | null, number | null];

function beside(a: readonly string[], b: readonly string[]): Pair[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => [
    i < a.length ? i : null,
    i < b.length ? i : null,
  ]);
}

/** The longest common lines in order; what lies between two of them is set side by side. */
function matched(a: readonly string[], b: readonly string[]): Pair[] {
  const wide = b.length + 1;
  const best = new Uint16Array((a.length + 1) * wide);
  const at = (i: number, j: number) => best[i * wide + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i * wide + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  const only: { left: number[]; right: number[] } = { left: [], right: [] };
  const flush = () => {
    const many = Math.max(only.left.length, only.right.length);
    for (let k = 0; k < many; k++) pairs.push([only.left[k] ?? null, only.right[k] ?? null]);
    only.left = [];
    only.right = [];
  };
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      flush();
      pairs.push([i++, j++]);
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) only.left.push(i++);
    else only.right.push(j++);
  }
  flush();
  return pairs;
}

function bytesRow(a: Uint8Array, b: Uint8Array): Row {
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  while (at < shorter && a[at] === b[at]) at++;
  if (at === a.length && at === b.length) return told('bytes', size(a.length), size(b.length));
  const part = (bytes: Uint8Array) =>
    at < bytes.length
      ? `… ${Array.from(bytes.subarray(at, at + 16), (n) => n.toString(16).padStart(2, '0')).join(' ')}`
      : null;
  return told(`from byte ${count(at)}`, part(a), part(b));
}
