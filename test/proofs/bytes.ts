/**
 * Messages with any bytes at all go through a real replay; what arrives is read off the wire, frame by frame, and held
 * against the same messages that lay in a queue without a replay.
 *
 *   any bytes ──┬─▶ dead ── replay ──▶ back ─┐
 *               └─▶ control ─────────────────┴─▶ raw frames of both are the same, but for what the plan names
 */
import { connect } from 'amqplib';
import { AmqpConnection } from '../../lib/amqp/connection.ts';
import { publishRaw } from '../../lib/amqp/properties.ts';
import type { ReplayJob } from '../../lib/model/replay.ts';
import { startFaultProxy, type Toxic } from '../fault-proxy.ts';
import type { Reach, ReplayBench } from '../with-replays.ts';
import { until } from '../with-replays.ts';
import { everyByte, type RawMessage, randomMessage, seeded } from './random-message.ts';
import { entriesOf, HEADERS, partsOf, signature } from './wire-parts.ts';

/** What a replay adds, as every plan says, and the counters that a quorum queue adds to each message that it hands out. */
const ADDED = ['x-replay-id', 'x-replay-count', 'x-replay-of'];
const COUNTERS = ['x-delivery-count', 'x-acquired-count'];
const leave = (name: string) => ADDED.includes(name) || COUNTERS.includes(name);

export interface BytesResult {
  messages: number;
  /** Of all messages together. */
  bodyBytes: number;
  /** Read off the wire at the end. */
  arrived: number;
  /** Of these: messages whose like was never sent. */
  changed: number;
  /** Sent, and nothing of its like arrived. */
  missing: number;
  /** Copies without one of the three lineage headers. */
  withoutLineage: number;
  planNames: string[];
  state: string;
  tookMs: number;
}

/** Random ones, and those that have to be there. `largest`: bytes of the largest body. */
export function anyMessages(seed: number, count: number, largest: number): RawMessage[] {
  const random = seeded(seed);
  const messages = Array.from({ length: count }, () => randomMessage(random));
  const bare = Buffer.of(0, 0);
  messages.push({ raw: bare, body: Buffer.alloc(0) }, { raw: bare, body: everyByte });
  // an empty header table is not the same as none
  messages.push({ raw: Buffer.from('200000000000', 'hex'), body: everyByte });
  messages.push({ raw: bare, body: Buffer.alloc(largest, everyByte) });
  return messages;
}

export async function throughReplay(
  bench: ReplayBench,
  broker: Reach,
  o: { type: 'classic' | 'quorum'; name: string; messages: readonly RawMessage[] },
): Promise<BytesResult> {
  const began = performance.now();
  const [dead, back, control] = ['dead', 'back', 'control'].map((end) => `${o.name}.${end}`) as [
    string,
    string,
    string,
  ];
  const options = { durable: true, arguments: { 'x-queue-type': o.type } };
  for (const queue of [dead, back, control]) await bench.channel.assertQueue(queue, options);
  const writer = new AmqpConnection({ url: broker.amqp, name: 'proof: writer' });
  await writer.open();
  for (const queue of [dead, control]) await publishAll(writer, queue, o.messages);
  await writer.close();

  const request = bench.request({ queue: dead, target: { kind: 'queue', queue: back }, followSeconds: 0 });
  const { id, plan } = await bench.replays.start(bench.actor, request);
  const job = await over(bench, id);
  const sent = await readRaw(broker.amqp, control, o.messages.length);
  const got = await readRaw(broker.amqp, back, job.counts.confirmed);
  for (const queue of [dead, back, control]) await bench.channel.deleteQueue(queue);

  const owed = new Map<string, number>();
  for (const { raw, body } of sent) {
    const key = signature(raw, body, leave);
    owed.set(key, (owed.get(key) ?? 0) + 1);
  }
  let changed = 0;
  for (const { raw, body } of got) {
    const key = signature(raw, body, leave);
    const left = owed.get(key) ?? 0;
    if (left > 0) owed.set(key, left - 1);
    else changed++;
  }
  return {
    messages: o.messages.length,
    bodyBytes: o.messages.reduce((sum, { body }) => sum + body.length, 0),
    arrived: got.length,
    changed,
    missing: [...owed.values()].reduce((sum, n) => sum + n, 0),
    withoutLineage: got.filter(({ raw }) => !ADDED.every((name) => namesOf(raw).includes(name))).length,
    planNames: plan.changes.map(({ field }) => field),
    state: job.state,
    tookMs: Math.round(performance.now() - began),
  };
}

function namesOf(raw: Buffer): string[] {
  const table = partsOf(raw).get(HEADERS);
  return table ? entriesOf(table).map(({ name }) => name) : [];
}

export async function publishAll(connection: AmqpConnection, queue: string, messages: readonly RawMessage[]) {
  const channel = await connection.confirmChannel();
  const errors = await Promise.all(
    messages.map(
      ({ raw, body }) =>
        new Promise<Error | null>((resolve) => {
          publishRaw(channel, { exchange: '', routingKey: queue, raw, body, mandatory: true }, resolve);
        }),
    ),
  );
  const error = errors.find((e) => e !== null);
  if (error) throw error;
  await channel.close();
}

async function over(bench: ReplayBench, id: string): Promise<ReplayJob> {
  const states = ['done', 'failed', 'interrupted', 'cancelled'];
  await until(() => states.includes(bench.replays.get(id).state), 'the replay did not end', 120_000);
  return bench.replays.get(id);
}

/** The next `count` messages of a queue as their content frames hold them, whatever a client library makes of them. */
export async function readRaw(amqp: string, queue: string, count: number): Promise<RawMessage[]> {
  const messages: RawMessage[] = [];
  let header: Buffer | null = null;
  let parts: Buffer[] = [];
  let left = 0;
  const end = () => {
    if (header) messages.push({ raw: header, body: Buffer.concat(parts) });
    header = null;
    parts = [];
  };
  const listen: Toxic = (frame, out) => {
    const payload = frame.subarray(7, -1);
    if (frame[0] === 2) {
      // class, weight, size of the body; then the properties
      left = Number(payload.readBigUInt64BE(4));
      header = Buffer.from(payload.subarray(12));
      if (left === 0) end();
    } else if (frame[0] === 3) {
      parts.push(Buffer.from(payload));
      left -= payload.length;
      if (left === 0) end();
    }
    return out.write(frame);
  };
  const proxy = await startFaultProxy(amqp, () => ({ toClient: listen }));
  const connection = await connect(proxy.url);
  const channel = await connection.createChannel();
  await channel.consume(queue, () => {}, { noAck: true });
  await until(() => messages.length >= count, `of ${count} messages ${messages.length} came`, 60_000);
  // one round trip more: nothing must come behind them
  await channel.checkQueue(queue);
  await connection.close();
  await proxy.close();
  return messages;
}
