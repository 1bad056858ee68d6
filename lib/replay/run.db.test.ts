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

/**
 *   round 1   read ──▶ published ─ ─ the channel closes, no answer │ at that moment the broker takes back what was read
 *   round 2   read again ──▶ published again ──▶ confirmed           both copies may have come: the receipt says so
 */
test('a copy without an answer is named when its message is taken back and sent again', async () => {
  const state = openStateStore(join(dir, 'state.db'));
  const plain = jobOf();
  const target = { exchange: '', routingKey: 'work', messages: 2, reaches: [], mayWrite: 'yes' as const };
  state.createJob({
    ...plain,
    request: { ...plain.request, target: { kind: 'queue', queue: 'work' } },
    plan: { ...plain.plan, targets: [target] },
  });
  const job = state.getJob('job-1');
  if (!job) throw new Error('the job is not there');

  const first = Promise.withResolvers<Answer>();
  let broken: Break | null = null;
  const lane: CopyLane = {
    get broken() {
      return broken;
    },
    async open() {
      broken = null;
    },
    writable: () => Promise.resolve(),
    publish: () => first.promise,
    release: () => {},
    close: () => Promise.resolve(),
  };
  const gone = new HoplightError('broker_unreachable', 'delivery acknowledgement timed out');
  const source = (takes: (() => ConsumeMessage[])[]): LetterSource => ({
    inQueue: 1,
    held: 0,
    lost: null,
    takenBack: true,
    take: async () => takes.shift()?.() ?? [],
    ack: () => {},
    hold: () => {},
    flush: () => Promise.resolve(),
    resize: () => Promise.resolve(),
    stop: () => {},
    finish: () => Promise.resolve(),
  });
  const rounds = [
    source([
      () => [delivery('m-1')],
      () => {
        broken = { cut: false, words: 'closed', code: 541 };
        lane.publish = () => Promise.resolve({ kind: 'confirmed' });
        first.resolve({ kind: 'lost' });
        throw gone;
      },
    ]),
    source([() => [delivery('m-1')]]),
  ];
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
  const run = new Run(d, {
    job,
    user: 'anna',
    openSource: async () => rounds.shift() ?? source([]),
    lane,
    journal: readJournal(state, job.id),
    readLimit: 10,
  });
  expect(await run.run()).toEqual({ state: 'done', note: null });
  expect(state.messages(job.id, 10, 0)).toMatchObject([{ outcome: 'confirmed', possiblyDuplicated: true }]);
  state.close();
});
