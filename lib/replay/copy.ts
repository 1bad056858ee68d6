/** What goes out for one dead letter of a job: its bytes and its body, or why it stays. Pure. */
import { wordsOf } from '../log.ts';
import { versionParts } from '../model/broker.ts';
import type { ReplayJob, ReplayMessage, ReplayRequest } from '../model/replay.ts';
import { copyBody, copyProperties, moveProperties } from './edit.ts';
import { badExpiration, copyExpiration } from './expiration.ts';
import type { Letter } from './letter.ts';
import { type Address, addressOf, sameAddress } from './origin.ts';

/** No version takes a larger body, whatever its `max_message_size`, bytes. */
export const LARGEST_BODY = 512 * 1024 * 1024;

/** Where the copy of this one goes, or why it stays: the same word in the plan and in the run. Nowhere: it is deleted. */
export function destinationOf(letter: Letter, request: ReplayRequest): Address | { cannot: string } {
  if (request.act === 'delete') return { exchange: '', routingKey: '' };
  const address = addressOf(request.target, letter);
  if ('cannot' in address) return address;
  const why = staysFor(letter, request);
  return why === null ? address : { cannot: why };
}

function staysFor(letter: Letter, request: ReplayRequest): string | null {
  if (request.act === 'replay' && letter.replays >= request.maxReplays) return cameBack(letter.replays);
  if (letter.body.length > LARGEST_BODY)
    return `Its body of ${letter.body.length.toLocaleString('en-US')} bytes is larger than any broker takes.`;
  return badExpiration(copyExpiration(letter, request.expiration));
}

/** Sent by replays so often, and dead again each time. */
export function cameBack(times: number): string {
  return `It came back ${times === 1 ? 'once' : `${times.toLocaleString('en-US')} times`} after a replay: the ceiling (maxReplays) is reached.`;
}

/**
 * The copy of `letter` for its row in the journal. Nothing goes where the plan did not say. Never throws: what cannot be
 * sent stays, with the reason.
 */
export function copyOf(
  letter: Letter,
  row: Pick<ReplayMessage, 'replayId' | 'attempt'>,
  job: Pick<ReplayJob, 'request' | 'plan'>,
  user: string,
): { raw: Buffer; body: Buffer } | { cannot: string } {
  const { request, plan } = job;
  if (request.act === 'delete') return { raw: letter.raw, body: letter.body };
  const address = destinationOf(letter, request);
  if ('cannot' in address) return address;
  const ownKeys = request.target.kind === 'exchange' && request.target.routingKey === undefined;
  if (!ownKeys && !plan.targets.some((t) => sameAddress(t, address)))
    return {
      cannot: `It came from ${address.routingKey}, which the plan does not name. Plan again to send it.`,
    };
  try {
    return { raw: bytesOf(letter, row, job, user), body: copyBody(letter.body, request.edit) };
  } catch (error) {
    return { cannot: `Its properties cannot be copied: ${wordsOf(error)}` };
  }
}

function bytesOf(
  letter: Letter,
  row: Pick<ReplayMessage, 'replayId' | 'attempt'>,
  { request, plan }: Pick<ReplayJob, 'request' | 'plan'>,
  user: string,
): Buffer {
  const { expiration, persistent, edit } = request;
  const options = {
    ...(expiration === 'keep' ? {} : { expiration: copyExpiration(letter, expiration) }),
    persistent,
    ...(edit ? { edit } : {}),
  };
  if (request.act === 'move')
    return moveProperties(letter.raw, user, options, versionParts(plan.brokerVersion).major);
  const of = letter.ids.replayId ?? letter.ids.messageId ?? letter.fingerprint;
  return copyProperties(letter.raw, { replayId: row.replayId, count: row.attempt, of, user }, options);
}
