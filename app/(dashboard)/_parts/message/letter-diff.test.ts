import { expect, test } from 'vitest';
import type { Message } from '@/lib/model/message.ts';
import { diffOf, lineDiff } from './letter-diff.ts';

const message: Message = {
  properties: { contentType: 'application/json', priority: 4 },
  headers: [
    { name: 'x-tenant', type: 'S', value: 'acme' },
    { name: 'n', type: 'l', value: 5 },
  ],
  body: { size: 15, data: btoa('{"order":8841}\n'), truncated: false },
};
const at = (ms: number) => String(ms);

test('an edit names each field that is not as it was, with its wire type, and no other', () => {
  const diff = diffOf(
    message,
    {
      headers: {
        set: [
          { name: 'n', type: 'd', value: 5 },
          { name: 'why', type: 'S', value: 'fixed' },
        ],
        remove: ['x-tenant', 'not-there'],
      },
      properties: { priority: null, contentType: 'application/json', type: 'order' },
    },
    at,
  );
  expect(diff.body).toBeNull();
  expect(diff.rows).toEqual([
    { of: 'property', name: 'priority', before: '4', after: null },
    { of: 'property', name: 'type', before: null, after: 'order' },
    { of: 'header', name: 'x-tenant', before: 'acme (longstr)', after: null },
    { of: 'header', name: 'n', before: '5 (int64)', after: '5.0 (double)' },
    { of: 'header', name: 'why', before: null, after: 'fixed (longstr)' },
  ]);
});

test('a JSON body is compared by its lines, however it is laid out', () => {
  expect(diffOf(message, { body: { text: '{ "order": 9911 }' } }, at).body).toEqual({
    before: 15,
    after: 17,
    isJson: true,
    lines: [
      { sign: ' ', text: '{' },
      { sign: '-', text: '  "order": 8841' },
      { sign: '+', text: '  "order": 9911' },
      { sign: ' ', text: '}' },
    ],
  });
  expect(diffOf(message, { body: { text: '{"order":8841}\n' } }, at).body).toBeNull();
  expect(diffOf(message, { body: { base64: 'AAE=' } }, at).body).toMatchObject({ after: 2, lines: null });
});

test('the least lines differ', () => {
  expect(lineDiff('a\nb\nc', 'a\nc\nd')?.map((l) => l.sign + l.text)).toEqual([' a', '-b', ' c', '+d']);
  expect(lineDiff('x\n'.repeat(700), 'y')).toBeNull();
});
