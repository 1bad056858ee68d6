/**
 * What must not be stored is replaced before it is: header values by name, values of JSON bodies by path, and what the
 * built-in patterns find in headers, bodies, errors and spans. Pure. Identifiers, routing keys and names of exchanges and
 * queues stay: journeys are found by them. So does `x-death`, which is the broker's.
 */

import { deathError } from '../journey/deaths.ts';
import { headerOrigin } from '../journey/header-origin.ts';
import { REDACTED, type Redaction } from '../model/capture.ts';
import type { Fact } from '../model/fact.ts';
import { type JsonPath, parseJsonPath } from '../model/json-path.ts';
import type { Body, Header, Message, Properties } from '../model/message.ts';
import type { Span } from '../model/span.ts';
import { jsonStretches } from './redact-json.ts';
import { patterns, type Stretch } from './redact-patterns.ts';

type Json = Header['value'];

/** The rules as they are applied; made once. */
export interface Redactor {
  fact(fact: Fact): Fact;
  message(message: Message): Message;
}

/** Null when there is nothing to redact. Paths that are none are left out: the configuration refuses them. */
export function createRedactor(rules: Redaction): Redactor | null {
  if (rules.headers.length + rules.jsonPaths.length + rules.patterns.length === 0) return null;
  return new Rules(rules);
}

export function redact(message: Message, rules: Redaction): Message {
  return createRedactor(rules)?.message(message) ?? message;
}

/** Characters that are kept of a span's texts (lib/otlp/to-span.ts). */
const spanBounds = { name: 255, status: 1_024, value: 512 } as const;

/** Text encodings of which ASCII is no part: nothing would be found in their bytes. */
const WIDE = /utf-?(16|32)|ucs-?[24]/i;

class Rules implements Redactor {
  readonly #names: ReadonlySet<string>;
  readonly #prefixes: readonly string[];
  readonly #paths: readonly JsonPath[];
  readonly #find: readonly ((text: string, cut: boolean) => Stretch[])[];

  constructor(rules: Redaction) {
    const names = rules.headers.map((name) => name.toLowerCase());
    this.#names = new Set(names.filter((name) => !name.endsWith('*')));
    this.#prefixes = names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
    this.#paths = rules.jsonPaths.map(parseJsonPath).filter((path) => path !== null);
    this.#find = rules.patterns.map((name) => patterns[name]);
  }

  fact(fact: Fact): Fact {
    const out = { ...fact };
    if (fact.message) out.message = this.message(fact.message);
    if (fact.error !== undefined) {
      const error = this.#error(fact.error, fact.message, out.message);
      if (error === null) delete out.error;
      else out.error = error;
    }
    if (fact.detail !== undefined) out.detail = this.#text(fact.detail);
    if (fact.span) out.span = this.#span(fact.span);
    return out;
  }

  message({ properties, headers, body }: Message): Message {
    return {
      properties: this.#properties(properties),
      headers: headers.map((header) => this.#header(header)),
      body: this.#body(body, properties),
    };
  }

  /** An error that was read from a header is read again from what is left: it may be named, and it was cut to its length. */
  #error(error: string, before: Message | undefined, after: Message | undefined): string | null {
    if (before && after && deathError(before.headers) === error) return deathError(after.headers);
    return this.#text(error, true);
  }

  #properties(properties: Properties): Properties {
    const out = { ...properties };
    for (const name of ['contentType', 'replyTo', 'type', 'appId', 'clusterId'] as const) {
      const value = out[name];
      if (value !== undefined) out[name] = this.#text(value);
    }
    return out;
  }

  #named(name: string): boolean {
    const lower = name.toLowerCase();
    return this.#names.has(lower) || this.#prefixes.some((prefix) => lower.startsWith(prefix));
  }

  #header(header: Header): Header {
    if (headerOrigin(header.name) === 'broker') return header;
    if (this.#named(header.name)) return { name: header.name, type: null, value: REDACTED };
    const value =
      header.type === 'x' && typeof header.value === 'string'
        ? this.#base64(header.value)
        : this.#value(header.value);
    if (value === header.value) return header;
    return typeof value === typeof header.value
      ? { ...header, value }
      : { name: header.name, type: null, value };
  }

  /** The same value where nothing was found. */
  #value(value: Json): Json {
    if (typeof value === 'string') return this.#hidden(value) ? REDACTED : this.#text(value);
    if (typeof value === 'number') return this.#text(String(value)) === String(value) ? value : REDACTED;
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) {
      const items = value.map((item) => this.#value(item));
      return items.every((item, i) => item === value[i]) ? value : items;
    }
    let same = true;
    const entries = Object.entries(value).map(([key, inner]): [string, Json] => {
      const next = this.#named(key) ? REDACTED : this.#value(inner);
      if (next !== inner) same = false;
      return [key, next];
    });
    // fromEntries defines own properties: a key such as __proto__ is an ordinary key of the object
    return same ? value : Object.fromEntries(entries);
  }

  /** Bytes in a table lie here in base64, which shows nothing of what is in them. */
  #hidden(text: string): boolean {
    if (text.length < 16 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
    return this.#base64(text) !== text;
  }

  #base64(text: string): string {
    const bytes = Buffer.from(text, 'base64').toString('latin1');
    const next = this.#text(bytes);
    return next === bytes ? text : Buffer.from(next, 'latin1').toString('base64');
  }

  /** A body in which nothing can be found, since it is compressed or in a wide encoding, is not kept. */
  #body(body: Body, properties: Properties): Body {
    if (body.data === null || body.data === '' || this.#find.length + this.#paths.length === 0) return body;
    const bytes = Buffer.from(body.data, 'base64');
    const encoding = properties.contentEncoding?.trim().toLowerCase() ?? '';
    const packed = !['', 'identity', 'utf-8', 'utf8', 'us-ascii', 'ascii', 'iso-8859-1'].includes(encoding);
    const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const marked = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    if (packed || zipped || marked || WIDE.test(properties.contentType ?? ''))
      return { ...body, data: null, truncated: body.size > 0 };
    // one byte a character: whatever the bytes are, those that stay are the same afterwards
    const text = bytes.toString('latin1');
    const json =
      this.#paths.length > 0 ? replaced(text, jsonStretches(text, this.#paths), `"${REDACTED}"`) : text;
    const next = this.#text(json, body.truncated);
    return next === text ? body : { ...body, data: Buffer.from(next, 'latin1').toString('base64') };
  }

  #text(text: string, cut = false): string {
    // all in the same text: what one replaces at a cut must not hide the beginning of what another looks for
    const found = this.#find.flatMap((find) => find(text, cut));
    return replaced(text, found, REDACTED);
  }

  #span(span: Span): Span {
    // `cut` is of the whole span: only a text that fills its bound can itself break off
    const text = (value: string, most: number) => this.#text(value, value.length >= most - 1);
    return {
      ...span,
      name: text(span.name, spanBounds.name),
      statusMessage: span.statusMessage === null ? null : text(span.statusMessage, spanBounds.status),
      exceptionType: span.exceptionType === null ? null : text(span.exceptionType, spanBounds.name),
      attributes: span.attributes.map(({ name, value }) => ({
        name,
        value: this.#namedAttribute(name) ? REDACTED : text(this.#inMap(value), spanBounds.value),
      })),
    };
  }

  /** `http.request.header.x_api_key` holds the header X-Api-Key: each end of the name after a dot counts. */
  #namedAttribute(name: string): boolean {
    for (let at = 0; ; ) {
      const end = name.slice(at);
      if (this.#named(end) || this.#named(end.replaceAll('_', '-'))) return true;
      const dot = name.indexOf('.', at);
      if (dot === -1) return false;
      at = dot + 1;
    }
  }

  /** An attribute that is a map or a list lies here as JSON. */
  #inMap(value: string): string {
    if (!/^[[{]/.test(value) || this.#names.size + this.#prefixes.length === 0) return value;
    const found = jsonStretches(value, [], (key) => this.#namedAttribute(key));
    return replaced(value, found, `"${REDACTED}"`);
  }
}

function replaced(text: string, stretches: readonly Stretch[], by: string): string {
  if (stretches.length === 0) return text;
  let out = '';
  let at = 0;
  for (const [from, to] of [...stretches].sort((a, b) => a[0] - b[0])) {
    if (to <= at) continue; // inside the one before
    out += from < at ? '' : text.slice(at, from) + by;
    at = to;
  }
  return out + text.slice(at);
}
