import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { afterAll, expect, test } from 'vitest';
import { encodeProperties } from '../amqp/properties.ts';
import { captureRawProperties } from '../amqp/raw.ts';
import { createAudit } from '../audit/record.ts';
import { HoplightError } from '../model/errors.ts';
import { jobOf } from '../store/journal-samples.ts';
import { openStateStore } from '../store/sqlite/state-store.ts';
import { tagged } from './acks.ts';
import type { Answer, Break, CopyLane } from './lane.ts';
import { readJournal } from './rows.ts';
import { Run } from './run.ts';
import type { LetterSource } from './source.ts';

const dir = mkdtempSync(join(tmpdir(), 'hoplight-run-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** A delivery as amqplib makes it, with the property bytes that were captured on its way. */
function delivery(messageId: string): ConsumeMessage {
  const message = { ...tagged(1), content: Buffer.from(messageId) };
  const raw = encodeProperties({ messageId }, []);
  const rest = Buffer.concat([Buffer.alloc(19), raw]);
  rest.writeUInt32BE(12 + raw.length, 3);
  const recvFrame = () => ({ size: 1, fields: message.properties });
  const connection = { rest, recvFrame, channels: [], frameMax: 131_072, sendContent: () => true };
  captureRawProperties({ connection } as unknown as ChannelModel);
  connection.recvFrame();
  return message;
}

/** A run of a job for all messages of `dead` into `work`, over a lane and sources that a test makes. */
function bench(name: string, publish: CopyLane['publish']) {
  const state = openStateStore(join(dir, `${name}.db`));
  const plain = jobOf();
  const target = { exchange: '', routingKey: 'work', messages: 2, reaches: [], mayWrite: 'yes' as const };
  state.createJob({
    ...plain,
    request: { ...plain.request, target: { kind: 'queue', queue: 'work' } },
    plan: { ...plain.plan, targets: [target] },
  });
  const job = state.getJob('job-1');
  if (!job) throw new Error('the job is not there');
  const at: { broken: Break | null; publish: CopyLane['publish'] } = { broken: null, publish };
  const lane: CopyLane = {
    get broken() {
      return at.broken;
    },
    async open() {
      at.broken = null;
    },
    writable: () => Promise.resolve(),
    publish: (...message) => at.publish(...message),
    release: () => {},
    close: () => Promise.resolve(),
  };
  const d = {
    state,
    audit: createAudit(state, Date.now),
    clock: Date.now,
    snapshot: () => null,
    refresh: () => Promise.resolve(),
    record: () => {},
    ownConnection: () => {},
    exportsDir: dir,
  };
  const run = (rounds: LetterSource[]) =>
    new Run(d, {
      job,
      user: 'anna',
      openSource: async () => rounds.shift() ?? source([]),
      lane,
      journal: readJournal(state, job.id),
      readLimit: 10,
    }).run();
  return { at, run, rows: () => state.messages(job.id, 10, 0), close: () => state.close() };
}

const source = (takes: (() => ConsumeMessage[])[], more: Partial<LetterSource> = {}): LetterSource => ({
  inQueue: 1,
  held: 0,
  lost: null,
  take: async () => takes.shift()?.() ?? [],
  ack: () => {},
  hold: () => {},
  flush: () => Promise.resolve(),
  resize: () => Promise.resolve(),
  stop: () => {},
  finish: () => Promise.resolve(),
  ...more,
});
const confirmed: CopyLane['publish'] = () => Promise.resolve({ kind: 'confirmed' });

/**
 *   round 1   read ──▶ published ─ ─ the channel closes, no answer │ at that moment the broker takes back what was read
 *   round 2   read again ──▶ published again ──▶ confirmed           both copies may have come: the receipt says so
 */
test('a copy without an answer is named when its message is taken back and sent again', async () => {
  const first = Promise.withResolvers<Answer>();
  const { at, run, rows, close } = bench('taken-back', () => first.promise);
  const takenBack = source(
    [
      () => [delivery('m-1')],
      () => {
        Object.assign(at, { broken: { cut: false, words: 'closed', code: 541 }, publish: confirmed });
        first.resolve({ kind: 'lost' });
        throw new HoplightError('broker_unreachable', 'delivery acknowledgement timed out');
      },
    ],
    { takenBack: true },
  );
  expect(await run([takenBack, source([() => [delivery('m-1')]])])).toEqual({ state: 'done', note: null });
  expect(rows()).toMatchObject([{ outcome: 'confirmed', possiblyDuplicated: true }]);
  close();
});

/**
 *   read 1 ──▶ published ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─▶ confirmed at last ──▶ read 2 ──▶ …
 *              nothing comes: 1 fills the window       (it was taken for the end of the queue, and 2 for gone)
 */
test('a window that is full of copies in flight is not the end of the queue', async () => {
  const first = Promise.withResolvers<Answer>();
  const { at, run, rows, close } = bench('full-window', () => first.promise);
  const takes = [
    () => [delivery('m-1')],
    () => {
      at.publish = confirmed;
      setImmediate(() => first.resolve({ kind: 'confirmed' }));
      return [];
    },
    () => [delivery('m-2')],
  ];
  const full = source(takes, {
    get stuck() {
      return takes.length > 0;
    },
  });
  expect(await run([full])).toEqual({ state: 'done', note: null });
  expect(rows().map((row) => row.outcome)).toEqual(['confirmed', 'confirmed']);
  close();
});

test('a queue that holds messages and gives none is not taken for empty', async () => {
  const { run, close } = bench('silent', confirmed);
  expect(await run([source([], { stuck: true })])).toMatchObject({
    state: 'interrupted',
    note: expect.stringContaining('gives none'),
  });
  close();
});
