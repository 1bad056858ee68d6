/** Messages with any property bytes that a broker takes: every wire type, names that break JavaScript objects, any body. */
import { HEADERS, joinParts, long, short } from './wire-parts.ts';

/** Numbers in [0, 1), always the same for a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const NAMES = ['!', '__proto__', 'constructor', 'toString', '', 'length', 'type', 'X-Trace-Id', 'é', 'a b'];
const TAGS = [...'tbBsuIilfdDSxTVFA'];

export interface RawMessage {
  raw: Buffer;
  body: Buffer;
}

export function randomMessage(random: () => number): RawMessage {
  const below = (n: number) => Math.floor(random() * n);
  const bytes = (n: number) => Buffer.from(Array.from({ length: n }, () => below(256)));
  const text = (n: number) =>
    Buffer.from(Array.from({ length: n }, () => 'aé€𝄞 z0'[below(7)] ?? 'q').join(''));

  function name(): Buffer {
    const kind = random();
    if (kind < 0.4) return Buffer.from(NAMES[below(NAMES.length)] ?? '');
    return kind < 0.7 ? Buffer.from(`h${below(1_000_000)}`) : bytes(1 + below(40));
  }

  function value(depth: number): Buffer {
    const tag = TAGS[below(depth > 0 ? TAGS.length : TAGS.length - 2)] ?? 'V';
    return Buffer.concat([Buffer.from(tag), content(tag, depth)]);
  }

  function content(tag: string, depth: number): Buffer {
    if (tag === 't') return Buffer.of(below(2));
    if (tag === 'f') return random() < 0.3 ? Buffer.from('3f800000', 'hex') : finite(4);
    if (tag === 'd') return random() < 0.3 ? Buffer.from('8000000000000000', 'hex') : finite(8);
    if (tag === 'S') return long(random() < 0.5 ? bytes(below(60)) : text(below(60)));
    if (tag === 'x') return long(bytes(below(60)));
    if (tag === 'F') return table(below(4), depth - 1);
    if (tag === 'A') return long(Buffer.concat(Array.from({ length: below(4) }, () => value(depth - 1))));
    const size = { b: 1, B: 1, s: 2, u: 2, I: 4, i: 4, l: 8, D: 5, T: 8 }[tag] ?? 0;
    // 5 as an int64 is what a codec that guesses would shrink
    return random() < 0.3 && size > 0 && tag !== 'D'
      ? Buffer.concat([Buffer.alloc(size - 1), Buffer.of(5)])
      : bytes(size);
  }

  /** Not NaN, not infinite: a broker closes the connection on these. */
  function finite(size: 4 | 8): Buffer {
    for (;;) {
      const some = bytes(size);
      if (Number.isFinite(size === 4 ? some.readFloatBE() : some.readDoubleBE())) return some;
    }
  }

  function table(entries: number, depth: number): Buffer {
    const seen = new Set<string>();
    const out: Buffer[] = [];
    for (let n = 0; n < entries; n++) {
      const key = name();
      // of two with one name 4.3 keeps one
      if (seen.has(key.toString('latin1'))) continue;
      seen.add(key.toString('latin1'));
      out.push(short(key), value(depth));
    }
    return long(Buffer.concat(out));
  }

  const parts = new Map<number, Buffer>();
  for (const index of [0, 1, 5, 6, 8, 10, 12]) if (random() < 0.5) parts.set(index, short(text(below(20))));
  if (random() < 0.85) parts.set(HEADERS, table(below(14), 3));
  if (random() < 0.7) parts.set(3, Buffer.of(1 + below(2)));
  if (random() < 0.3) parts.set(4, bytes(1));
  if (random() < 0.3) parts.set(9, bytes(8));
  return { raw: joinParts(parts), body: random() < 0.15 ? Buffer.alloc(0) : bytes(below(600)) };
}

/** A header `name` with a double of these bytes. */
export function doubleHeader(name: string, hex: string): Buffer {
  return Buffer.concat([short(Buffer.from(name)), Buffer.from('d'), Buffer.from(hex, 'hex')]);
}

export const everyByte = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
