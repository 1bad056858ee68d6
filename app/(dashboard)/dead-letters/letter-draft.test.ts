import { describe, expect, it } from 'vitest';
import type { Header, Message } from '@/lib/model/message';
import { jsonProblem } from './json-problem';
import { draftOf, editOf, type LetterDraft, readValue, rewritten } from './letter-draft';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const message = (text: string, more: Partial<Message> = {}): Message => ({
  properties: { contentType: 'application/json', messageId: 'm-1', priority: 3 },
  headers: [
    { name: 'x-tenant', type: 'S', value: 'acme' },
    { name: 'try', type: 'l', value: 5 },
    { name: 'ratio', type: 'd', value: 1 },
    { name: 'x-death', type: 'A', value: [] },
  ],
  body: { size: text.length, data: base64(text), truncated: false },
  ...more,
});
const edited = (of: Message, change: (draft: LetterDraft) => void) => {
  const draft = draftOf(of);
  change(draft);
  return editOf(of, draft);
};
const row = (draft: LetterDraft, name: string) => {
  const found = draft.headers.find((h) => h.name === name);
  if (!found) throw new Error(`no header ${name}`);
  return found;
};

describe('an edited message', () => {
  it('that nobody changed is no edit, whatever its types', () => {
    for (const text of ['{"id":12345678901234567890}', '', '\u0000\u00ff', 'a\r\nb', 'a\rb\nc'])
      expect(edited(message(text), () => undefined)).toEqual({ errors: {}, edit: null });
  });

  it("leaves the broker's own headers out", () => {
    expect(draftOf(message('')).headers.map((h) => h.name)).toEqual(['x-tenant', 'try', 'ratio']);
  });

  it('names what is set and what is removed; a renamed header goes under its old name', () => {
    const { edit } = edited(message('{}'), (draft) => {
      row(draft, 'x-tenant').value = 'nordic';
      row(draft, 'try').removed = true;
      row(draft, 'ratio').name = 'share';
      draft.headers.push({ key: 'n', name: 'n', type: 'I', value: '7', original: null, removed: false });
      draft.properties.messageId = '';
      draft.properties.priority = '9';
    });
    expect(edit).toEqual({
      headers: {
        set: [
          { name: 'x-tenant', type: 'S', value: 'nordic' },
          { name: 'share', type: 'd', value: 1 },
          { name: 'n', type: 'I', value: 7 },
        ],
        remove: ['try', 'ratio'],
      },
      properties: { messageId: null, priority: 9 },
    });
  });

  it('says at each field what AMQP cannot hold', () => {
    const { edit, errors } = edited(message('{}'), (draft) => {
      row(draft, 'x-tenant').name = 'x-death';
      row(draft, 'try').value = '9223372036854775808';
      draft.headers.push({
        key: 'n',
        name: 'ratio',
        type: 't',
        value: 'yes',
        original: null,
        removed: false,
      });
      draft.properties.priority = '256';
      draft.properties.appId = 'é'.repeat(128);
    });
    expect(edit).toBeNull();
    expect(Object.keys(errors).sort()).toEqual([
      'header.h0.name',
      'header.h1.value',
      'header.n.name',
      'header.n.value',
      'properties.appId',
      'properties.priority',
    ]);
  });

  it('is held back where JSON became none, unless that is meant; then it goes as it was typed', () => {
    const broken = (anyway: boolean) =>
      edited(message('{"a":1}'), (draft) => {
        if (draft.body) Object.assign(draft.body, { text: '{"a":1,\n "b" 2}', anyway });
      });
    expect(broken(false).errors.body).toBe('Not JSON, line 2, character 6: 2 stands where a colon is due.');
    expect(broken(true).edit?.body).toEqual({ text: '{"a":1,\n "b" 2}' });
  });

  it('keeps its kind of line ends, and bytes that are no text are written as base64', () => {
    const of = message('a\r\nb', { properties: {} });
    expect(edited(of, (d) => d.body && Object.assign(d.body, { text: 'a\nc' })).edit?.body).toEqual({
      text: 'a\r\nc',
    });
    const binary = message('', { body: { size: 2, data: 'AP8=', truncated: false } });
    expect(draftOf(binary).body).toMatchObject({ as: 'base64', text: 'AP8=' });
    expect(edited(binary, (d) => d.body && Object.assign(d.body, { text: 'AP' })).errors.body).toMatch(
      /^Not base64/,
    );
    expect(draftOf(message('', { body: { size: 9, data: 'AA==', truncated: true } })).body).toBeNull();
  });

  it('is written the other way without loss, or not at all', () => {
    const text = { as: 'text' as const, text: 'wörld', json: false, anyway: false };
    const other = rewritten(text, 'base64');
    expect(other?.text).toBe(base64('wörld'));
    expect(other && rewritten(other, 'text')).toEqual(text);
    expect(rewritten({ ...text, as: 'base64', text: 'AP8=' }, 'text')).toBeNull();
    expect(rewritten({ ...text, as: 'base64', text: 'not it' }, 'text')).toBeNull();
  });
});

it.each<[Header['type'] & string, string, Header['value']]>([
  ['t', ' true ', true],
  ['l', '9007199254740993', '9007199254740993'],
  ['d', '1.50', 1.5],
  ['D', '-12.50', '-12.50'],
  ['F', '{"a":[1]}', { a: [1] }],
  ['V', 'whatever', null],
  ['S', ' as typed ', ' as typed '],
])('a value of type %s is read from %j', (type, typed, value) => {
  expect(readValue(type, typed)).toEqual({ value });
});

describe('where JSON ends', () => {
  it.each([
    ['', 1, 1, /empty/],
    ['{"a":1', 1, 7, /ends where a comma or } is due/],
    ['{"a":1,}', 1, 8, /} stands where a name/],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, /"b" stands where a comma/],
    ['[1,2', 1, 5, /comma or \]/],
    ["{'a':1}", 1, 2, /stand in "/],
    ['{"a":tru}', 1, 6, /tru is no JSON value/],
    ['{"a":01}', 1, 6, /01 is no JSON value/],
    ['{} {}', 1, 4, /the end is due/],
    ['{"a":"b', 1, 6, /not closed/],
    ['{"a" "b"}', 1, 6, /a colon is due/],
  ])('%j: line %i, column %i', (text, line, column, words) => {
    const found = jsonProblem(text);
    expect([found?.line, found?.column]).toEqual([line, column]);
    expect(found?.words).toMatch(words);
  });

  it('says nothing of JSON', () => {
    for (const text of ['{}', '[]', ' {"a":[1,-2.5e+3,null,true,"\\u00e9\\n"]} ', '1', '"x"'])
      expect(jsonProblem(text)).toBeNull();
  });
});
