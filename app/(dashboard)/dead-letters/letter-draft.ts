/** A message as a form holds it while it is edited, and the edit that it makes. Pure. */
import { nameProblem, valueProblem } from '@/lib/model/header-value';
import type { LetterEdit } from '@/lib/model/letter-edit';
import type { Header, Message, WireTag } from '@/lib/model/message';
import { bodyView, bytesOf } from '../_parts/message/body-view';
import { jsonProblem } from './json-problem';

/** In the order in which people look for them. The expiration is an option of the replay. */
export const EDITABLE = [
  'contentType',
  'messageId',
  'correlationId',
  'type',
  'deliveryMode',
  'priority',
  'replyTo',
  'appId',
  'timestamp',
  'contentEncoding',
] as const;
export type EditableName = (typeof EDITABLE)[number];

export interface HeaderDraft {
  /** Tells rows apart while their names change. */
  key: string;
  name: string;
  type: WireTag;
  value: string;
  /** As it lies there; null: added. */
  original: Header | null;
  removed: boolean;
}

export interface BodyDraft {
  as: 'text' | 'base64';
  text: string;
  /** The original is JSON, so that what is no JSON must be meant. */
  json: boolean;
  /** Send it although it is no JSON. */
  anyway: boolean;
}

export interface LetterDraft {
  headers: HeaderDraft[];
  properties: Record<EditableName, string>;
  /** Null: it was cut or not kept, so that it can only stay as it is. */
  body: BodyDraft | null;
}

/** By the field's name: `header.KEY.name`, `header.KEY.value`, `properties.NAME`, `body`. */
export type DraftErrors = Record<string, string>;

/** A value as it is typed: text as it is, all else as JSON writes it. */
export function typedValue({ value }: Header): string {
  return typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
}

export function draftOf(message: Message): LetterDraft {
  const { properties } = message;
  const entries = EDITABLE.map((name): [EditableName, string] => [name, String(properties[name] ?? '')]);
  return {
    headers: message.headers.flatMap((header, i): HeaderDraft[] =>
      nameProblem(header.name) === null && header.name !== ''
        ? [
            {
              key: `h${i}`,
              name: header.name,
              type: header.type ?? 'S',
              value: typedValue(header),
              original: header,
              removed: false,
            },
          ]
        : [],
    ),
    properties: Object.fromEntries(entries) as Record<EditableName, string>,
    body: bodyDraftOf(message),
  };
}

function bodyDraftOf({ body, properties }: Message): BodyDraft | null {
  const view = bodyView(body);
  if (view === null || body.truncated || body.data === null) return null;
  const text = view.text === null || lineEndsOf(view.text) === 'mixed' ? null : view.text;
  return text === null
    ? { as: 'base64', text: body.data, json: false, anyway: false }
    : {
        as: 'text',
        // a text field knows one kind of line end only
        text: text.replaceAll('\r\n', '\n'),
        json: view.json !== null || /^application\/([\w.+-]+\+)?json\b/i.test(properties.contentType ?? ''),
        anyway: false,
      };
}

/** How a text ends its lines; a form that shows it may only give back what it can tell. */
export function lineEndsOf(text: string): 'lf' | 'crlf' | 'mixed' {
  const pairs = text.split('\r\n').length - 1;
  const returns = text.split('\r').length - 1;
  const feeds = text.split('\n').length - 1;
  if (returns === 0) return 'lf';
  return pairs === returns && pairs === feeds ? 'crlf' : 'mixed';
}

export type Made = { errors: DraftErrors; edit: LetterEdit | null };

/** What the draft changes, null for nothing; with errors there is no edit. */
export function editOf(message: Message, draft: LetterDraft): Made {
  const errors: DraftErrors = {};
  const headers = headersOf(draft.headers, errors);
  const properties = propertiesOf(message, draft.properties, errors);
  const body = bodyOf(message, draft.body, errors);
  if (Object.keys(errors).length > 0) return { errors, edit: null };
  const edit: LetterEdit = {
    ...(headers ? { headers } : {}),
    ...(properties ? { properties } : {}),
    ...(body ? { body } : {}),
  };
  return { errors, edit: Object.keys(edit).length > 0 ? edit : null };
}

function isTouched(row: HeaderDraft): boolean {
  const { original } = row;
  return (
    original === null ||
    row.removed ||
    row.name !== original.name ||
    row.type !== original.type ||
    row.value !== typedValue(original)
  );
}

function headersOf(rows: readonly HeaderDraft[], errors: DraftErrors): LetterEdit['headers'] | null {
  const touched = rows.filter(isTouched);
  if (touched.length === 0) return null;
  const there = rows.filter((row) => !row.removed);
  const set: NonNullable<LetterEdit['headers']>['set'] = [];
  for (const row of touched) {
    if (row.removed) continue;
    const name = row.name === '' ? 'A header has a name.' : nameProblem(row.name);
    if (name !== null) errors[`header.${row.key}.name`] = name;
    else if (there.some((other) => other !== row && other.name === row.name))
      errors[`header.${row.key}.name`] = 'There is another header of this name.';
    const value = readValue(row.type, row.value);
    if ('error' in value) errors[`header.${row.key}.value`] = value.error;
    else set.push({ name: row.name, type: row.type, value: value.value });
  }
  const kept = new Set(there.map((row) => row.name));
  const gone = touched.flatMap(({ original }) =>
    original !== null && !kept.has(original.name) ? [original.name] : [],
  );
  return { set, remove: [...new Set(gone)] };
}

const WHOLE: readonly WireTag[] = ['b', 'B', 's', 'u', 'I', 'i', 'l', 'L', 'T'];

/** What was typed for a header of this wire type, or why it cannot be one. */
export function readValue(type: WireTag, typed: string): { value: Header['value'] } | { error: string } {
  const text = typed.trim();
  let value: Header['value'] = typed;
  if (type === 'V') value = null;
  else if (type === 't') value = text === 'true' ? true : text === 'false' ? false : typed;
  else if (WHOLE.includes(type))
    value = /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
  else if (type === 'f' || type === 'd') value = text === '' ? typed : Number(text);
  else if (type === 'D' || type === 'x') value = text;
  else if (type === 'A' || type === 'F') {
    const wrong = jsonProblem(typed);
    if (wrong) return { error: `Not JSON, line ${wrong.line}: ${wrong.words}` };
    value = JSON.parse(typed);
  }
  const error = valueProblem(type, value);
  return error === null ? { value } : { error };
}

const utf8 = new TextEncoder();

function propertiesOf(
  message: Message,
  typed: LetterDraft['properties'],
  errors: DraftErrors,
): LetterEdit['properties'] | null {
  const changed: NonNullable<LetterEdit['properties']> = {};
  const wrong = (name: EditableName, words: string) => {
    errors[`properties.${name}`] = words;
  };
  for (const name of EDITABLE) {
    const text = typed[name];
    if (text === String(message.properties[name] ?? '')) continue;
    if (name === 'deliveryMode') changed[name] = text === '1' ? 1 : text === '2' ? 2 : null;
    else if (name === 'priority' || name === 'timestamp') {
      const n = Number(text);
      const most = name === 'priority' ? 255 : Number.MAX_SAFE_INTEGER;
      if (text.trim() === '') changed[name] = null;
      else if (/^\d+$/.test(text.trim()) && n <= most) changed[name] = n;
      else wrong(name, name === 'priority' ? 'A whole number from 0 to 255.' : 'Whole seconds since 1970.');
    } else if (utf8.encode(text).length > 255) wrong(name, 'AMQP has room for 255 bytes here.');
    else changed[name] = text === '' ? null : text;
  }
  return Object.keys(changed).length > 0 ? changed : null;
}

function bodyOf(message: Message, draft: BodyDraft | null, errors: DraftErrors): LetterEdit['body'] | null {
  const before = bodyDraftOf(message);
  if (draft === null || before === null) return null;
  if (draft.as === before.as && draft.text === before.text) return null;
  if (draft.as === 'base64') {
    const text = draft.text.replace(/\s+/g, '');
    if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
      errors.body = 'Not base64: groups of four of A-Z, a-z, 0-9, + and /, the last filled up with =.';
      return null;
    }
    return text === message.body.data ? null : { base64: text };
  }
  const wrong = draft.json && !draft.anyway ? jsonProblem(draft.text) : null;
  if (wrong) {
    errors.body = `Not JSON, line ${wrong.line}, character ${wrong.column}: ${wrong.words}`;
    return null;
  }
  const old = bodyView(message.body)?.text ?? null;
  const text = old !== null && lineEndsOf(old) === 'crlf' ? draft.text.replaceAll('\n', '\r\n') : draft.text;
  return text === old ? null : { text };
}

/** The same body written the other way; null when the bytes are no text. */
export function rewritten(body: BodyDraft, as: BodyDraft['as']): BodyDraft | null {
  if (as === body.as) return body;
  if (as === 'base64') {
    const bytes = utf8.encode(body.text);
    let binary = '';
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return { ...body, as, text: btoa(binary) };
  }
  const text = bodyView({ size: 0, data: body.text.replace(/\s+/g, ''), truncated: false })?.text ?? null;
  const isEmpty = bytesOf(body.text).length === 0 && body.text.trim() !== '';
  return text === null || isEmpty || lineEndsOf(text) === 'mixed' ? null : { ...body, as, text };
}
