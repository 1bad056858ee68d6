import { describe, expect, test } from 'vitest';
import { type Draft, draftFromUrl, emptyDraft, jsonProblem, prettyJson, readDraft, toRequest } from './draft';
import { readSent } from './sent-before';

const draft = (more: Partial<Draft>): Draft => ({ ...emptyDraft, queue: 'billing', ...more });
const row = (name: string, value: string, type: 'text' | 'number' | 'boolean' = 'text') => ({
  key: name + value,
  name,
  value,
  type,
});

describe('the request of a draft', () => {
  test('to a queue: only what was filled in', async () => {
    const { request } = await toRequest(
      draft({ body: '{}', properties: { contentType: '', messageId: 'm' } }),
      '/prod',
    );
    expect(request).toEqual({
      vhost: '/prod',
      queue: 'billing',
      body: '{}',
      bodyEncoding: 'text',
      headers: {},
      properties: { messageId: 'm' },
      persistent: true,
      mandatory: true,
    });
  });

  test('to an exchange: the queue typed before is left out', async () => {
    const { request } = await toRequest(
      draft({ to: 'exchange', exchange: 'orders', routingKey: 'a.b' }),
      '/',
    );
    expect(request).toMatchObject({ exchange: 'orders', routingKey: 'a.b' });
    expect(request).not.toHaveProperty('queue');
  });

  test('headers keep the type that was chosen; empty rows do not count', async () => {
    const headers = [row('n', '5', 'number'), row('t', '5'), row('b', 'false', 'boolean'), row('', '')];
    expect((await toRequest(draft({ headers }), '/')).request?.headers).toEqual({ n: 5, t: '5', b: false });
  });

  test.each([
    [{ queue: '' }, 'queue'],
    [{ to: 'exchange' as const }, 'exchange'],
    [{ properties: { priority: '300' } }, 'properties.priority'],
    [{ properties: { priority: 'high' } }, 'properties.priority'],
    [{ properties: { expiration: '1 min' } }, 'properties.expiration'],
    [{ headers: [row('n', 'five', 'number')] }, 'header.0'],
    [{ headers: [row('b', 'yes', 'boolean')] }, 'header.0'],
    [{ headers: [row('', 'v')] }, 'header.0'],
    [{ headers: [row('a', '1'), row('a', '2')] }, 'header.1'],
  ])('%j is refused at %s', async (more, path) => {
    const { request, errors } = await toRequest(draft(more), '/');
    expect(request).toBeNull();
    expect(errors?.[path]).toEqual(expect.any(String));
  });
});

describe('what the tab stored', () => {
  test('comes back as it was', () => {
    const full = draft({ to: 'exchange', headers: [row('n', '5', 'number')], properties: { type: 't' } });
    expect(readDraft(JSON.parse(JSON.stringify(full)))).toEqual(full);
    const answer = {
      outcome: 'confirmed' as const,
      words: 'Confirmed',
      traceId: 't',
      messageId: 'm',
      journey: 'trace:t',
      exchange: '',
      routingKey: 'billing',
      tookMs: 3,
    };
    expect(readSent(JSON.parse(JSON.stringify([{ at: 1, answer }])))).toEqual([{ at: 1, answer }]);
  });

  test('of an earlier version, or of nobody: what can be read', () => {
    expect(readDraft(null)).toBeNull();
    expect(readDraft([])).toBeNull();
    expect(readDraft({ queue: 'billing', headers: [{ name: 5 }, 'x'], properties: { size: '1' } })).toEqual(
      draft({ properties: {}, headers: [{ key: 'stored 0', name: '', type: 'text', value: '' }] }),
    );
    expect(readSent(null)).toEqual([]);
    expect(readSent([{ at: 1 }, { at: 1, answer: { outcome: 'lost', journey: 'a' } }])).toEqual([]);
  });
});

test('a link names the target, and nothing else changes', () => {
  const kept = draft({ body: 'kept' });
  expect(draftFromUrl(kept, new URLSearchParams('queue=mail'))).toEqual({
    ...kept,
    to: 'queue',
    queue: 'mail',
  });
  expect(draftFromUrl(kept, new URLSearchParams('exchange=orders&key=a.b'))).toMatchObject({
    to: 'exchange',
    exchange: 'orders',
    routingKey: 'a.b',
    body: 'kept',
  });
  expect(draftFromUrl(kept, new URLSearchParams('vhost=%2F'))).toBe(kept);
});

describe('JSON is checked where it is declared', () => {
  const at = (contentType: string, body: string, bodyEncoding: 'text' | 'base64' = 'text') =>
    jsonProblem({ properties: { contentType }, body, bodyEncoding });

  test.each(['application/json', 'application/json; charset=utf-8', 'application/vnd.order+json'])(
    '%s',
    (type) => {
      expect(at(type, '{"a":1}')).toBeNull();
      expect(at(type, '{a:1}')).toMatch(/^Not JSON: /);
      expect(at(type, ' ')).toMatch(/empty/);
      expect(at(type, '{a', 'base64')).toBeNull();
    },
  );

  test('elsewhere anything goes', () => {
    expect(at('text/plain', '{a:1}')).toBeNull();
    expect(at('', '')).toBeNull();
  });

  test('formatting never changes a value', () => {
    expect(prettyJson('{"a":[1,2]}')).toBe('{\n  "a": [\n    1,\n    2\n  ]\n}');
    expect(prettyJson('{"id":9007199254740993}')).toBe('{"id":9007199254740993}');
    expect(prettyJson('{a')).toBe('{a');
  });
});
