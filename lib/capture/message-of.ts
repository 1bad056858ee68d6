/** What is kept of a message that a tap brought: shared by the firehose and the dead-letter taps. */
import { deathError, readDeaths } from '../journey/deaths.ts';
import { fingerprint } from '../journey/fingerprint.ts';
import { traceContext } from '../journey/trace-context.ts';
import type { Fact, ReplayMark } from '../model/fact.ts';
import { journeyKeyOf, type MessageIds } from '../model/ids.ts';
import { type Body, type Header, headerValue, type Properties } from '../model/message.ts';

/** What the parser is given beside the bytes. */
export interface Seen {
  /** ID for the fact */
  id: string;
  /** our clock when it arrived, ms since 1970 */
  at: number;
  /** the first so many bytes of a body are kept; 0: none */
  bodyBytes: number;
}

type AboutMessage = Pick<
  Fact,
  'id' | 'at' | 'precision' | 'journey' | 'ids' | 'fingerprint' | 'deaths' | 'error' | 'replay' | 'message'
>;

export function aboutMessage(
  properties: Properties,
  headers: Header[],
  body: Buffer,
  seen: Seen,
): AboutMessage {
  const ids = traceContext(headers, properties);
  const print = fingerprint(properties, headers, body);
  const deaths = readDeaths(headers);
  const error = deathError(headers);
  const replay = replayMark(ids, headers);
  return {
    id: seen.id,
    at: seen.at,
    precision: 'arrival',
    journey: journeyKeyOf(ids, print),
    ids,
    fingerprint: print,
    ...(deaths.length > 0 ? { deaths } : {}),
    ...(error === null ? {} : { error }),
    ...(replay ? { replay } : {}),
    message: { properties, headers, body: keptBody(body, seen.bodyBytes) },
  };
}

function keptBody(body: Buffer, bytes: number): Body {
  return {
    size: body.length,
    data: bytes === 0 ? null : body.subarray(0, bytes).toString('base64'),
    truncated: body.length > bytes,
  };
}

/** A copy that a replay sent names its job and attempt; who sent it and from where, only the job knows. */
function replayMark(ids: MessageIds, headers: readonly Header[]): ReplayMark | null {
  const job = /^(.+)\.\d+$/.exec(ids.replayId ?? '')?.[1];
  if (ids.replayId === undefined || job === undefined) return null;
  const count = headerValue(headers, 'x-replay-count');
  return {
    jobId: job,
    replayId: ids.replayId,
    attempt: typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? count : 1,
    by: null,
    fromQueue: null,
  };
}
