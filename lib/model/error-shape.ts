/**
 * What errors have in common that differ only in what they are about: "order 9871 already charged" and "order 9860 already
 * charged" are one cause, "order … already charged". Pure, and imports nothing: pages need it at run time.
 */

/** Longest shape, characters; what goes beyond is cut off in both of two errors that are alike. */
const MOST = 200;
const PART = '…';
/** Three digits after these words are a code of a protocol: they tell failures apart. */
const CODE_BEFORE = /(?:\bhttp(?:\/\d(?:\.\d)?)?|\bstatus|\bcode)[ :=]{1,3}$/i;

/** In the order in which they are looked for: a time has numbers in it, a UUID has parts that look like words. */
const RULES: readonly [RegExp, string][] = [
  // quoted values, unless it is an apostrophe within a word
  [/(^|[\s([{=:,<])"[^"]{0,200}"(?![\p{L}\p{N}])/gu, `$1"${PART}"`],
  [/(^|[\s([{=:,<])'[^']{0,200}'(?![\p{L}\p{N}])/gu, `$1'${PART}'`],
  [/(^|[\s([{=:,<])`[^`]{0,200}`/gu, `$1\`${PART}\``],
  [/“[^”]{0,200}”/gu, `“${PART}”`],
  [/«[^»]{0,200}»/gu, `«${PART}»`],
  [/\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/g, PART],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)?\b/g, PART],
  [/\b\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?\b/g, PART],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, PART],
  [/\b0x[0-9a-f]+\b/gi, PART],
  // base64 and other long IDs
  [/(?<![\w+=-])(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[\w+=-]{24,}(?![\w+=-])/g, PART],
];
/** A word with a digit in it, with the figures behind its point or comma. */
const WITH_DIGITS = /[A-Za-z0-9]*\d(?:[.,]?[A-Za-z0-9])*/g;
const SEVERAL = new RegExp(`${PART}(?:, ?${PART})+`, 'g');

/** The same again for what is a shape already: what is counted by shapes has the key of what is read. */
export function errorShape(error: string): string {
  let shape = error;
  // once is enough for what people write; what is left by a replacement may look like a value of its own
  for (let again = 0; again < 4; again++) {
    const next = pass(shape);
    if (next === shape) break;
    shape = next;
  }
  return shape;
}

function pass(text: string): string {
  let shape = text;
  for (const [pattern, put] of RULES) shape = shape.replace(pattern, put);
  shape = shape.replace(WITH_DIGITS, (word, at: number, whole: string) =>
    shapeOfWord(word, whole.slice(Math.max(0, at - 16), at)),
  );
  shape = shape.replace(SEVERAL, PART).toWellFormed();
  return shape.length > MOST ? `${shape.slice(0, MOST - 1).toWellFormed()}${PART}` : shape;
}

/** `9871` → `…`, `5000ms` → `…ms`, `sku12` → `sku…`, `8fK2x9` → `…`; HTTP 503 stays. */
function shapeOfWord(word: string, before: string): string {
  if (/^[1-5]\d\d$/.test(word) && CODE_BEFORE.test(before)) return word;
  const unit = /^[\d.,]+([A-Za-z]{1,2})$/.exec(word);
  if (unit) return `${PART}${unit[1]}`;
  const name = /^([A-Za-z]+)[\d.,]+$/.exec(word);
  return name ? `${name[1]}${PART}` : PART;
}
