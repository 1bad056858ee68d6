/**
 * The built-in patterns: where in a text something stands that must not be stored. Hand-written scanners, each in time
 * linear in the text. `cut`: the text breaks off at its end, so what could be the beginning of a match there counts as one.
 */
import type { Redaction } from '../model/capture.ts';

/** [from, to) in the text */
export type Stretch = readonly [from: number, to: number];
export type PatternName = Redaction['patterns'][number];
type Pattern = (text: string, cut: boolean) => Stretch[];

export const patterns: Record<PatternName, Pattern> = { card, iban, jwt, bearer, email };

/** Digits in groups with one space or dash between two: cards as people and machines write them. */
const DIGITS = /\d(?:[ -]?\d)*/g;
/** The longest number that any scheme gives out. */
const LONGEST_CARD = 19;

/** Card numbers by scheme (first digits and length) and Luhn's check. */
function card(text: string, cut: boolean): Stretch[] {
  const out: Stretch[] = [];
  for (const run of text.matchAll(DIGITS)) {
    const from = run.index;
    const end = from + run[0].length;
    // a separator may stand at the cut
    const open = cut && end >= text.length - 1 && ['', ' ', '-'].includes(text.slice(end));
    if (run[0].length >= 13) out.push(...cardsIn(run[0]).map(([a, b]): Stretch => [from + a, from + b]));
    if (open) out.push([Math.max(from, text.length - 2 * LONGEST_CARD), text.length]);
  }
  return out;
}

function cardsIn(run: string): Stretch[] {
  const at: number[] = [];
  let digits = '';
  for (let i = 0; i < run.length; i++) {
    const c = run.charAt(i);
    if (c === ' ' || c === '-') continue;
    at.push(i);
    digits += c;
  }
  /** Whether a number may begin, or end, between these two digits: at a group's edge, after zeros that fill up a field. */
  const edge = (i: number) => i <= 0 || i >= at.length || (at[i] ?? 0) - (at[i - 1] ?? 0) > 1;
  const anywhere = at.some((_, i) => longGroup(at, i));
  const out: Stretch[] = [];
  for (let i = 0; i < digits.length; ) {
    const begins = anywhere || edge(i) || /^0+$/.test(digits.slice(Math.max(0, i - LONGEST_CARD), i));
    const length = begins
      ? cardLengths(digits, i).find((n) => (anywhere || edge(i + n)) && luhn(digits, i, n))
      : 0;
    if (length) out.push([at[i] ?? 0, (at[i + length - 1] ?? 0) + 1]);
    i += length || 1;
  }
  return out;
}

/** More digits in one go than a card has: a record of fixed width may hide one anywhere. */
function longGroup(at: readonly number[], i: number): boolean {
  return (at[i + LONGEST_CARD] ?? Number.POSITIVE_INFINITY) - (at[i] ?? 0) === LONGEST_CARD;
}

/** The lengths that a number beginning here may have, longest first. */
function cardLengths(digits: string, i: number): number[] {
  const four = Number(digits.slice(i, i + 4));
  const two = Math.floor(four / 100);
  const all = (lengths: number[]) => lengths.filter((n) => i + n <= digits.length);
  if (two >= 40 && two <= 49) return all([19, 16, 13]);
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return all([16]);
  if (two === 34 || two === 37 || four === 1800 || four === 2131) return all([15]);
  if (four >= 3528 && four <= 3589) return all([19, 18, 17, 16]);
  if (two === 30 || two === 36 || two === 38 || two === 39) return all([19, 16, 14]);
  if (two === 50 || (two >= 56 && two <= 69)) return all([19, 18, 17, 16, 15, 14, 13]);
  return [];
}

function luhn(digits: string, from: number, length: number): boolean {
  let sum = 0;
  for (let k = 0; k < length; k++) {
    const digit = digits.charCodeAt(from + length - 1 - k) - 48;
    const twice = k % 2 === 1 ? digit * 2 : digit;
    sum += twice > 9 ? twice - 9 : twice;
  }
  return sum % 10 === 0;
}

/** Length of an IBAN by country (ISO 13616 registry). */
const ibanLengths = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 ' +
    'LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 ' +
    'PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry): [string, number] => [entry.slice(0, 2), Number(entry.slice(2))]),
);
const IBAN_START = /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}/g;
const isAlphanumeric = (c: string) => /^[A-Za-z0-9]$/.test(c);

/** International bank account numbers, in one go or in groups of four, by their check digits (mod 97). */
function iban(text: string, cut: boolean): Stretch[] {
  const out: Stretch[] = [];
  for (const start of text.matchAll(IBAN_START)) {
    const length = ibanLengths.get(start[0].slice(0, 2).toUpperCase());
    if (length === undefined) continue;
    let at = start.index;
    let number = '';
    for (; at < text.length && number.length < length; at++) {
      const c = text.charAt(at);
      if (isAlphanumeric(c)) number += c.toUpperCase();
      else if (c !== ' ' || text.charAt(at - 1) === ' ') break;
    }
    const ends = !isAlphanumeric(text.charAt(at));
    if (number.length === length && ends && mod97(number) === 1) out.push([start.index, at]);
    else if (cut && at === text.length && number.length < length) out.push([start.index, at]);
  }
  return out;
}

function mod97(number: string): number {
  let rest = 0;
  for (const c of number.slice(4) + number.slice(0, 4)) {
    const value = Number.parseInt(c, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

const endOf = (text: string, from: number, part: RegExp): number => {
  let at = from;
  while (at < text.length && part.test(text.charAt(at))) at++;
  return at;
};
const BASE64URL = /^[A-Za-z0-9_-]$/;

/** JSON Web Tokens: a header that begins `{"`, in base64url, and at least one part more. */
function jwt(text: string, cut: boolean): Stretch[] {
  const out: Stretch[] = [];
  for (let from = text.indexOf('eyJ'); from !== -1; ) {
    let to = endOf(text, from, BASE64URL);
    let parts = 1;
    while (text.charAt(to) === '.' && parts < 5) {
      to = endOf(text, to + 1, BASE64URL);
      parts++;
    }
    if (parts > 1 || (cut && to === text.length)) out.push([from, to]);
    from = text.indexOf('eyJ', to);
  }
  return out;
}

const BEARER = /\bbearer[ \t]+/gi;
const TOKEN = /^[A-Za-z0-9._~+/=-]$/;

/** What follows the word Bearer, as in an Authorization header. */
function bearer(text: string): Stretch[] {
  const out: Stretch[] = [];
  for (const word of text.matchAll(BEARER)) {
    const from = word.index + word[0].length;
    const to = endOf(text, from, TOKEN);
    if (to > from) out.push([from, to]);
  }
  return out;
}

const LOCAL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]$/;
const DOMAIN = /^[A-Za-z0-9.-]$/;
/** RFC 5321's limits for the two sides of an address. */
const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 255;

function email(text: string, cut: boolean): Stretch[] {
  const out: Stretch[] = [];
  let before = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const from = localStart(text, at, before);
    let to = at + 1;
    const most = Math.min(text.length, to + LONGEST_DOMAIN);
    while (to < most && DOMAIN.test(text.charAt(to))) to++;
    const open = cut && to === text.length;
    if (from === at || (!open && !/^[^.].*\.[A-Za-z]{2,}[.-]*$/.test(text.slice(at + 1, to)))) continue;
    out.push([from, to]);
    before = to;
  }
  const tail = localStart(text, text.length, before);
  if (cut && tail < text.length) out.push([tail, text.length]);
  return out;
}

function localStart(text: string, at: number, before: number): number {
  let from = at;
  while (from > before && at - from < LONGEST_LOCAL && LOCAL.test(text.charAt(from - 1))) from--;
  return from;
}
