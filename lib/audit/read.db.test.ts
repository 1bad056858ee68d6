/** The audit log as it is handed out: to whom, in pages, and as files that can be checked by hand. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditQuerySchema } from '../model/audit.ts';
import { openStateStore } from '../store/sqlite/state-store.ts';
import type { StateStore } from '../store/state.ts';
import { type ActReader, exportAudit, latestActs, readAudit } from './read.ts';
import { createAudit } from './record.ts';

const dir = mkdtempSync(join(tmpdir(), 'hoplight-audit-'));
let state: StateStore;
const reader = (user: string, tags: string[], read: RegExp): ActReader => ({
  user,
  tags,
  vhosts: ['/'],
  mayRead: (_vhost, queue) => read.test(queue),
});
const admin = reader('root', ['administrator'], /./);
const bert = reader('bert', ['management'], /^b$/);

beforeAll(async () => {
  state = openStateStore(join(dir, 'state.db'));
  let at = 1_700_000_000_000;
  const audit = createAudit(state, () => at++);
  const act = (by: string, kind: string, intent: unknown, words = `${kind} by ${by}`) =>
    audit.act(
      { by, kind, words, intent, href: null },
      async () => 'ok',
      () => 'done: 1 confirmed',
    );
  await act('anna', 'replay', { request: { vhost: '/', queue: 'a' } });
  await act('anna', 'replay', { request: { vhost: '/', queue: 'b' }, plan: { selected: 3, ä: [1.5, null] } });
  await act('anna', 'replay', { request: { vhost: 'other', queue: 'b' } });
  await act('bert', 'publish', { vhost: '/', exchange: 'x' }, '=cmd|"/c calc"!A1');
  await act('anna', 'tap', { vhost: '/', on: true });
  await act('anna', 'replay pause', { vhost: '/', queue: 'b', counts: {} });
  const refused = audit.act(
    { by: 'anna', kind: 'publish', words: 'p', intent: null, href: '/x' },
    () => Promise.reject(new Error('gone')),
    String,
  );
  await expect(refused).rejects.toThrow('gone');
  audit.begin({ by: 'anna', kind: 'delete', words: 'd', intent: { vhost: '/', queue: 'a' }, href: '/y' });
});
afterAll(() => {
  state.close();
  rmSync(dir, { recursive: true });
});

const numbers = (who: ActReader, query: object = {}) =>
  readAudit(state, auditQuerySchema.parse(query), who).entries.map((e) => e.number);

test('an administrator sees all; who is none sees their own, and what was done to queues that they may read', () => {
  expect(numbers(admin)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  expect(numbers(bert)).toEqual([6, 4, 2]);
  expect(numbers(reader('nobody', ['monitoring'], /^(?!)/))).toEqual([]);
  const list = readAudit(state, auditQuerySchema.parse({}), bert);
  expect(list).toMatchObject({
    users: ['anna', 'bert'],
    kinds: ['publish', 'replay', 'replay pause'],
    next: null,
  });
  expect(latestActs(state, bert, 2).map((a) => a.kind)).toEqual(['replay pause', 'publish']);
  expect([...exportAudit(state, {}, bert, 'ndjson')].join('').trim().split('\n')).toHaveLength(3);
});

test('pages go on where the last one ended, over entries that the reader may not see', () => {
  const pages: number[][] = [];
  for (let before: number | undefined, more = true; more; ) {
    const { entries, next } = readAudit(
      state,
      auditQuerySchema.parse({ limit: 1, ...(before ? { before } : {}) }),
      bert,
    );
    pages.push(entries.map((e) => e.number));
    more = next !== null;
    before = next ?? undefined;
  }
  expect(pages).toEqual([[6], [4], [2]]);
});

test('CSV is safe in a spreadsheet and has every entry, oldest first', () => {
  const lines = [...exportAudit(state, {}, admin, 'csv')].join('').trimEnd().split('\r\n');
  expect(lines).toHaveLength(9);
  expect(lines[0]).toContain('"number","at","by","kind","words","outcome"');
  expect(lines[4]).toContain(`"'=cmd|""/c calc""!A1"`);
  expect(lines[7]).toContain('"failed: gone"');
});

/** The script that docs/audit.md gives to its readers. */
const script = () => {
  const [, code = ''] =
    /```js\n([\s\S]*?)```/.exec(readFileSync(resolve(import.meta.dirname, '../../docs/audit.md'), 'utf8')) ??
    [];
  const file = join(dir, 'check.mjs');
  writeFileSync(file, code);
  return (text: string) => {
    writeFileSync(join(dir, 'audit.ndjson'), text);
    return execFileSync(process.execPath, [file, join(dir, 'audit.ndjson')], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  };
};

test('the export is checked by the script of docs/audit.md, which sees a change, a gap and another order', () => {
  const check = script();
  const text = [...exportAudit(state, {}, admin, 'ndjson')].join('');
  const { head } = state.verifyChain();
  expect(check(text)).toBe(`whole, head ${head}\n`);
  const lines = text.trimEnd().split('\n');
  expect(() => check(text.replace('"selected":3', '"selected":2'))).toThrow(/broken at entry 2/);
  expect(() => check(text.replace('failed: gone', 'confirmed'))).toThrow(/broken at entry 7/);
  expect(() => check([...lines.slice(0, 3), ...lines.slice(4)].join('\n'))).toThrow(/broken at entry 5/);
  expect(() => check([...lines.slice(1, 2), ...lines].join('\n'))).toThrow(/broken/);
});
