/** Confirm channels of one connection, one message at a time on each: a channel that the broker closes spoils one publish only. */
import type { ConfirmChannel } from 'amqplib';
import type { AmqpConnection } from '../amqp/connection.ts';
import { publishRaw } from '../amqp/properties.ts';
import type { Evidence } from './outcome.ts';
import { nothingSent } from './refusal.ts';

/** Unused channels kept open for the next publish. */
const IDLE_CHANNELS = 4;

export interface Line {
  inFlight: number;
  readonly idle: ConfirmChannel[];
}

const lines = new WeakMap<AmqpConnection, Line>();

/** The line of this connection, made on first use. */
export function lineOf(connection: AmqpConnection): Line {
  const line = lines.get(connection) ?? { inFlight: 0, idle: [] };
  lines.set(connection, line);
  return line;
}

async function takeChannel(connection: AmqpConnection, line: Line): Promise<ConfirmChannel> {
  const idle = line.idle.pop();
  if (idle) return idle;
  const channel = await connection.confirmChannel();
  channel.once('close', () => {
    const at = line.idle.indexOf(channel);
    if (at >= 0) line.idle.splice(at, 1);
  });
  return channel;
}

export interface WireMessage {
  exchange: string;
  routingKey: string;
  raw: Buffer;
  body: Buffer;
  mandatory: boolean;
}

export interface Handed {
  channel: number | undefined;
  /** What happened within the wait; `answer` none when nothing did. */
  evidence: Evidence;
}

/**
 * Publishes and waits for the broker's answer, at most `timeoutMs`. An answer that comes later goes to `late`.
 * Throws HoplightError when no channel can be opened, RangeError when the message does not fit the wire.
 */
export async function handOver(
  connection: AmqpConnection,
  message: WireMessage,
  o: { timeoutMs: number; late: (evidence: Evidence) => void },
): Promise<Handed> {
  const line = lineOf(connection);
  const channel = await takeChannel(connection, line).catch(nothingSent);
  let returned: string | null = null;
  let channelError: unknown = null;
  const onReturn = (m: { fields: object }) => {
    const code = 'replyCode' in m.fields ? m.fields.replyCode : '';
    const text = 'replyText' in m.fields ? m.fields.replyText : '';
    returned = `${code} ${text}`.trim();
  };
  const onError = (error: unknown) => {
    channelError = error;
  };
  channel.on('return', onReturn);
  channel.on('error', onError);
  const settled = Promise.withResolvers<Evidence['answer']>();
  const evidence = (answer: Evidence['answer']): Evidence => ({
    returned,
    answer,
    channelError,
    connection: connection.status().reason,
    mandatory: message.mandatory,
    waitedMs: o.timeoutMs,
  });
  const finish = () => {
    channel.off('return', onReturn);
    channel.off('error', onError);
  };
  try {
    publishRaw(channel, message, (error) => {
      settled.resolve(error === null ? 'ack' : error.message === 'message nacked' ? 'nack' : 'closed');
    });
  } catch (error) {
    finish();
    await channel.close().catch(() => {});
    throw error;
  }
  const answer = await within(settled.promise, o.timeoutMs);
  const number = 'ch' in channel && typeof channel.ch === 'number' ? channel.ch : undefined;
  if (answer === 'none') {
    // the channel serves nobody else until this message is settled
    void settled.promise.then(async (late) => {
      o.late(evidence(late));
      finish();
      await channel.close().catch(() => {});
    });
  } else {
    finish();
    if (answer !== 'closed') await giveBack(line, channel);
  }
  return { channel: number, evidence: evidence(answer) };
}

async function giveBack(line: Line, channel: ConfirmChannel): Promise<void> {
  if (line.idle.length < IDLE_CHANNELS) line.idle.push(channel);
  else await channel.close().catch(() => {});
}

function within(answer: Promise<Evidence['answer']>, ms: number): Promise<Evidence['answer']> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('none'), ms);
    void answer.then((a) => {
      clearTimeout(timer);
      resolve(a);
    });
  });
}
