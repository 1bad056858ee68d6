import type { ConsumeMessage } from 'amqplib';
import { expect, it } from 'vitest';

import type { ReplayMessage } from '../model/replay.ts';
import { messageOf } from '../store/journal-samples.ts';
import { tagged } from './acks.ts';
import { Flight, type Sent } from './flight.ts';
import { Journal } from './journal.ts';
import type { Break, CopyLane } from './lane.ts';
import type { LetterSource } from './source.ts';
import { isolate } from './suspects.ts';

/** A copy is in flight when the channel closes with `code`, and alone it closes it again. */
async function closedTwice(code: number): Promise<ReplayMessage> {
  let broken: Break | null = null;
  const lane: CopyLane = {
    get broken() {
      return broken;
    },
    async open() {
      broken = null;
    },
    writable: () => Promise.resolve(),
    async publish() {
      broken = { cut: false, words: `the broker says ${code}`, code };
      return { kind: 'lost' };
    },
    release: () => {},
    close: () => Promise.resolve(),
  };
  const source: LetterSource = {
    inQueue: 1,
    held: 0,
    lost: null,
    take: () => Promise.resolve([]),
    ack: () => {},
    hold: () => {},
    flush: () => Promise.resolve(),
    resize: () => Promise.resolve(),
    stop: () => {},
    finish: () => Promise.resolve(),
  };
  const clock = () => 0;
  const state = { writeJournal: () => {}, addJobStep: () => {} };
  const journal = new Journal(state, 'r119', clock, { written: () => {}, failed: () => {} });
  const flight = new Flight({
    source,
    lane,
    journal,
    window: 10,
    clock,
    takenOut: 'confirmed',
    over: () => false,
    settled: () => {},
  });
  const message: ConsumeMessage = tagged(1);
  const row = messageOf(1, { outcome: 'sending' });
  const none = Buffer.alloc(0);
  const sent: Sent = {
    message,
    // of a copy that is sent again its address alone is asked, which is the row's
    letter: { exchange: '', routingKey: 'dead' } as Sent['letter'],
    row,
    copy: { raw: none, body: none },
    at: 0,
  };
  flight.launch([sent]);
  await Promise.resolve();
  await isolate({ flight, lane, journal, clock, ended: () => null, setAside: () => {} });
  return row;
}

it('says that a copy may exist where the exchange or the permission went while it was in flight', async () => {
  for (const code of [403, 404])
    expect(await closedTwice(code)).toMatchObject({ outcome: 'skipped', possiblyDuplicated: true });
});

it('says of a message that the broker never takes that it went nowhere', async () => {
  expect(await closedTwice(406)).toMatchObject({ outcome: 'skipped', possiblyDuplicated: false });
});
