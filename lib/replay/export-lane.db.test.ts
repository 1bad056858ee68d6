import {
  appendFile,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeProperties } from '../amqp/properties.ts';
import { createAudit } from '../audit/record.ts';
import { jobOf } from '../store/journal-samples.ts';
import { openStateStore } from '../store/sqlite/state-store.ts';
import { exportLines } from './export-file.ts';
import { type Exported, ExportLane } from './export-lane.ts';
import { createExports } from './exports.ts';

const DAY = 86_400_000;

const dir = await mkdtemp(join(tmpdir(), 'hoplight-export-'));
afterAll(() => rm(dir, { recursive: true }));

const raw = encodeProperties({ messageId: 'm1' }, [{ name: 'n', type: 'l', value: 5 }]);
const body = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const send = (lane: ExportLane, seq: number) =>
  lane.publish({ exchange: '', routingKey: 'dead', raw, body }, `job.${seq}`, {
    seq,
    deadLetterId: `d.${seq}`,
  });

async function laneOn(name: string) {
  const told: Exported[] = [];
  const file = join(dir, name);
  const lane = new ExportLane({ file, onWritten: (exported) => told.push(exported) });
  await lane.open();
  return { lane, file, told };
}
const linesOf = async (file: string) => {
  const out: Record<string, unknown>[] = [];
  for await (const line of exportLines(file)) out.push(JSON.parse(line.toString()));
  return out;
};

test('a line holds every byte of the message, and the file is its owner’s alone', async () => {
  const { lane, file, told } = await laneOn('a/one.ndjson');
  expect(await Promise.all([send(lane, 1), send(lane, 2)])).toEqual([
    { kind: 'confirmed' },
    { kind: 'confirmed' },
  ]);
  await lane.close();
  const [first] = await linesOf(file);
  expect(first).toMatchObject({
    seq: 1,
    replayId: 'job.1',
    deadLetterId: 'd.1',
    routingKey: 'dead',
    properties: { messageId: 'm1' },
    headers: [{ name: 'n', type: 'l', value: 5 }],
  });
  expect(Buffer.from(String(first?.rawProperties), 'base64')).toEqual(raw);
  expect(Buffer.from(String(first?.body), 'base64')).toEqual(body);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(dir, 'a'))).mode & 0o777).toBe(0o700);
  expect(told.at(-1)).toEqual({ messages: 2, bytes: (await stat(file)).size });
});

/**
 *   1 2 3 written │ crash: half of line 3 │ opened again: cut back to 2 │ 2 and 3 written once more
 */
test('half a line of a crash is cut off, and what was written twice is read once', async () => {
  const { lane, file } = await laneOn('two.ndjson');
  await Promise.all([1, 2, 3].map((seq) => send(lane, seq)));
  await lane.close();
  await truncate(file, (await stat(file)).size - 10);
  expect((await linesOf(file)).map((l) => l.seq)).toEqual([1, 2]);
  await lane.open();
  await Promise.all([send(lane, 2), send(lane, 3)]);
  await lane.close();
  expect((await linesOf(file)).map((l) => l.seq)).toEqual([1, 2, 3]);
  const text = await readFile(file, 'utf8');
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).seq),
  ).toEqual([1, 2, 2, 3]);
});

test('bytes that a power cut lost are no line: the message that was written again counts', async () => {
  const { lane, file } = await laneOn('torn.ndjson');
  await send(lane, 1);
  await lane.close();
  const text = await readFile(file);
  text.fill(0, 100, 200);
  await writeFile(file, text);
  await appendFile(file, '{"seq":7,"half"');
  await lane.open();
  await send(lane, 1);
  await lane.close();
  expect((await linesOf(file)).map((l) => [l.seq, l.replayId])).toEqual([[1, 'job.1']]);
});

test('a full disk refuses the message in words, cuts off the half line, and the next goes on', async () => {
  const file = join(dir, 'full.ndjson');
  let full = true;
  const lane = new ExportLane({
    file,
    onWritten: () => {},
    openSink: async (name) => {
      const real = await open(name, 'a', 0o600);
      return {
        appendFile: async (bytes) => {
          if (!full) return real.appendFile(bytes);
          await real.appendFile(bytes.subarray(0, 40));
          throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        },
        datasync: () => real.datasync(),
        truncate: (length) => real.truncate(length),
        close: () => real.close(),
      };
    },
  });
  await lane.open();
  expect(await send(lane, 1)).toEqual({
    kind: 'refused',
    words: expect.stringContaining('the disk is full'),
  });
  full = false;
  expect(await send(lane, 2)).toEqual({ kind: 'confirmed' });
  await lane.close();
  expect((await linesOf(file)).map((l) => l.seq)).toEqual([2]);
});

test('what cannot be a line stays, in words; and a file that does not close ends no job', async () => {
  const file = join(dir, 'odd.ndjson');
  const lane = new ExportLane({
    file,
    onWritten: () => {},
    openSink: async (name) => {
      const real = await open(name, 'a', 0o600);
      return {
        appendFile: (bytes) => real.appendFile(bytes),
        datasync: () => real.datasync(),
        truncate: (length) => real.truncate(length),
        close: async () => {
          await real.close();
          throw Object.assign(new Error('quota exceeded'), { code: 'EDQUOT' });
        },
      };
    },
  });
  await lane.open();
  // 402,653,184 bytes are the most whose base64 is a text; such a body is only told of here
  const huge = { length: 2 ** 29, toString: () => 'x'.repeat(2 ** 29) } as unknown as Buffer;
  const message = { exchange: '', routingKey: 'dead', raw, body: huge };
  expect(await lane.publish(message, 'job.1', { seq: 1, deadLetterId: 'd.1' })).toEqual({
    kind: 'impossible',
    words: expect.stringContaining('cannot be written'),
  });
  expect(await send(lane, 2)).toEqual({ kind: 'confirmed' });
  await lane.close();
  expect((await linesOf(file)).map((l) => l.seq)).toEqual([2]);
});

test('a file is removed when its days are over, said in the job and the audit log; one of an open job stays', async () => {
  const state = openStateStore(join(dir, 'state.db'));
  const exportsDir = join(dir, 'kept');
  let now = 1_000;
  const exports = createExports({
    state,
    audit: createAudit(state, () => now),
    exportsDir,
    exportDays: 30,
    clock: () => now,
  });
  const exported = { messages: 1, bytes: 9 };
  const request = { ...jobOf().request, act: 'delete' as const };
  for (const id of ['over', 'open']) {
    state.createJob(jobOf({ id, request, exported, endedAt: id === 'over' ? 500 : null }));
    const { lane } = await laneOn(`kept/${id}.ndjson`);
    await send(lane, 1);
    await lane.close();
  }
  now = 500 + 30 * DAY;
  await exports.sweep();
  expect((await readdir(exportsDir)).sort()).toEqual(['open.ndjson', 'over.ndjson']);
  const [over, still] = ['over', 'open'].map((id) => state.getJob(id));
  if (!over || !still) throw new Error('no job');
  expect(await toArray(await exports.lines(over))).toHaveLength(1);
  now++;
  await exports.sweep();
  expect(await readdir(exportsDir)).toEqual(['open.ndjson']);
  expect(state.getJob('over')).toMatchObject({
    exported: null,
    steps: [{ words: 'The file was removed after 30 days' }],
  });
  expect(state.listActs(9)).toMatchObject([{ by: 'Hoplight', kind: 'export removal', outcome: 'removed' }]);
  await expect(exports.lines(over)).rejects.toMatchObject({ code: 'not_found' });
  expect(await toArray(await exports.lines(still))).toHaveLength(1);
  state.close();
});

async function toArray<T>(of: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const one of of) out.push(one);
  return out;
}
