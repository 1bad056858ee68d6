/**
 * Slots of one chunk as bytes, and back: a column after the other, each as whole numbers and their differences. Ten
 * thousand queues are written each quarter of an hour by the thread that answers everybody, so this is made to be quick: a
 * general compressor takes many times as long for bytes that are no fewer.
 *
 *   0xFF · 1 · count · places · column n · column peak · …
 *   places   0 and the first: they follow one another; or 1 and all of them
 *   column   kind and scale · nothing (all unknown) | the one value | which are known, values by difference
 *
 * 0xFF begins no deflate stream: by that chunks of an earlier Hoplight are told, which stay readable.
 */
import { inflateRawSync } from 'node:zlib';
import { columns, emptyLane, type Lane } from './past-lane.ts';

const MAGIC = 0xff;
const VERSION = 1;
/** Kinds of columns. */
const UNKNOWN = 0;
const CONSTANT = 1;
const ALL = 2;
const SOME = 3;
/** What figures are multiplied by to be whole: by the greatest of a column, so that three of its figures stand at least. */
const scales = [1, 10, 1_000, 1_000_000] as const;

/** Nine columns of at most 255 values of at most 8 bytes, and what describes them. */
const scratch = new Uint8Array(32_768);
let end = 0;

/** At most 255 slots; `start`: number of the chunk's first slot, from which their places (0 to 255) count. */
export function pack(lane: Lane, start: number): Buffer {
  const count = lane.at.length;
  end = 0;
  scratch[end++] = MAGIC;
  scratch[end++] = VERSION;
  scratch[end++] = count;
  const first = (lane.at[0] ?? start) - start;
  const inARow = (lane.at[count - 1] ?? start) - start === first + count - 1;
  scratch[end++] = inARow ? 0 : 1;
  if (inARow) scratch[end++] = first;
  else for (const at of lane.at) scratch[end++] = at - start;
  for (const values of lane.of) putColumn(values);
  return Buffer.from(scratch.subarray(0, end));
}

function putColumn(values: readonly number[]): void {
  let known = 0;
  let greatest = 0;
  let isWhole = true;
  let isConstant = true;
  let one = Number.NaN;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    known++;
    if (value > greatest) greatest = value;
    if (isWhole && value !== Math.floor(value)) isWhole = false;
    if (known === 1) one = value;
    else if (value !== one) isConstant = false;
  }
  const code = isWhole ? 0 : greatest >= 1_000 ? 1 : greatest >= 1 ? 2 : 3;
  const scale = scales[code];
  const kind = known === 0 ? UNKNOWN : known < values.length ? SOME : isConstant ? CONSTANT : ALL;
  scratch[end++] = kind | (code << 4);
  if (kind === CONSTANT) putNumber(Math.round(one * scale));
  if (kind === SOME) putBits(values);
  if (kind !== SOME && kind !== ALL) return;
  let before = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const whole = Math.round(value * scale);
    putNumber(whole - before);
    before = whole;
  }
}

function putBits(values: readonly number[]): void {
  const bytes = Math.ceil(values.length / 8);
  scratch.fill(0, end, end + bytes);
  for (const [i, value] of values.entries())
    if (!Number.isNaN(value)) scratch[end + (i >> 3)] = (scratch[end + (i >> 3)] ?? 0) | (1 << (i & 7));
  end += bytes;
}

/** Small numbers of either sign in few bytes: the sign in the lowest bit, seven bits a byte. */
function putNumber(value: number): void {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  // beyond 31 bits the bitwise operators would cut it
  while (rest >= 0x8000_0000) {
    scratch[end++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest >= 128) {
    scratch[end++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  scratch[end++] = rest;
}

export function unpack(packed: Uint8Array, start: number): Lane {
  if (packed[0] !== MAGIC) return unpackDeflated(packed, start);
  const count = packed[2] ?? 0;
  const inARow = packed[3] === 0;
  const lane = emptyLane();
  for (let i = 0; i < count; i++)
    lane.at.push(start + (inARow ? (packed[4] ?? 0) + i : (packed[4 + i] ?? 0)));
  const reader = { bytes: packed, at: inARow ? 5 : 4 + count };
  for (const values of lane.of) takeColumn(reader, values, count);
  return lane;
}

interface Reader {
  bytes: Uint8Array;
  at: number;
}

function takeColumn(reader: Reader, values: number[], count: number): void {
  const head = reader.bytes[reader.at++] ?? 0;
  const kind = head & 15;
  const scale = scales[head >> 4] ?? 1;
  if (kind === UNKNOWN || kind === CONSTANT) {
    const value = kind === UNKNOWN ? Number.NaN : takeNumber(reader) / scale;
    for (let i = 0; i < count; i++) values.push(value);
    return;
  }
  const bits = reader.at;
  if (kind === SOME) reader.at += Math.ceil(count / 8);
  let whole = 0;
  for (let i = 0; i < count; i++) {
    const isKnown = kind === ALL || (reader.bytes[bits + (i >> 3)] ?? 0) & (1 << (i & 7));
    if (isKnown) whole += takeNumber(reader);
    values.push(isKnown ? whole / scale : Number.NaN);
  }
}

function takeNumber(reader: Reader): number {
  let value = 0;
  let unit = 1;
  for (;;) {
    const byte = reader.bytes[reader.at++] ?? 0;
    value += (byte & 127) * unit;
    if (byte < 128) break;
    unit *= 128;
  }
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}

/** As chunks were before: columns of 32-bit floats, NaN unknown, deflated. */
function unpackDeflated(packed: Uint8Array, start: number): Lane {
  const bytes = inflateRawSync(packed);
  const count = bytes[0] ?? 0;
  const lane = emptyLane();
  for (let i = 0; i < count; i++) lane.at.push(start + (bytes[1 + i] ?? 0));
  for (let c = 0; c < columns.length; c++)
    for (let i = 0; i < count; i++) lane.of[c]?.push(bytes.readFloatLE(1 + count + (c * count + i) * 4));
  return lane;
}
