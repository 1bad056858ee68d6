/**
 * The instrumented publisher's verb: one message, on the user's own connection so that the broker decides what the user
 * may do, with a trace, a confirm, and facts about how it ended.
 */
import { randomUUID } from 'node:crypto';
import { type Span, SpanStatusCode } from '@opentelemetry/api';
import type { AmqpConnection } from '../amqp/connection.ts';
import { encodeProperties } from '../amqp/properties.ts';
import { fingerprint } from '../journey/fingerprint.ts';
import { traceContext } from '../journey/trace-context.ts';
import type { PublishAnswer, PublishRequest } from '../model/api.ts';
import { HoplightError, isHoplightError } from '../model/errors.ts';
import type { Fact, FactKind } from '../model/fact.ts';
import { createFactIds } from '../model/fact-id.ts';
import { journeyKeyOf } from '../model/ids.ts';
import { handOver, lineOf } from './line.ts';
import { type Outgoing, outgoing } from './message.ts';
import { type Ending, type Evidence, endingOf } from './outcome.ts';
import { startSendSpan } from './trace.ts';

/** How long to wait for the broker's confirm before the outcome is unknown. */
export const CONFIRM_MS = 10_000;

export interface SendContext {
  /** Open, with the user's own credentials, in the request's vhost. */
  connection: AmqpConnection;
  /** Takes the facts of this publish; ours are exact, the tap's copies fold into the same hop. */
  record: (facts: Fact[]) => void;
  /** Publishes that may wait for their confirm on this connection at once. */
  maxInFlight: number;
  /** ms since 1970 */
  clock: () => number;
  /** First bytes of the body that facts keep; 0 keeps none. */
  bodyBytes: number;
  /** Whether the broker has an alarm: it blocks publishers, and says so only after they published. Null: not known. */
  alarm?: () => Promise<boolean | null>;
  timeoutMs?: number;
  newFactId?: () => string;
  newMessageId?: () => string;
}

const factIds = createFactIds();
const notSent = 'Nothing was sent.';

/**
 * Publishes once and says how it ended: confirmed, returned (no queue took it), rejected (nack) or unknown (no answer).
 * Throws HoplightError, always with nothing published: bad_input, too_large, not_found (exchange), forbidden (write
 * permission), broker_unreachable, broker_blocked, busy.
 */
export async function send(d: SendContext, request: PublishRequest, user: string): Promise<PublishAnswer> {
  const message = outgoing(request, d.newMessageId ?? randomUUID);
  await refuseWhenBlocked(d);
  const line = lineOf(d.connection);
  if (line.inFlight >= d.maxInFlight) {
    throw new HoplightError('busy', `${line.inFlight} publishes already wait for their confirm`, {
      notDone: notSent,
      next: 'Send it again when those are done.',
      retryAfterSeconds: 1,
    });
  }
  const { span, traceId, headers } = startSendSpan(message, d.connection.server);
  line.inFlight++;
  try {
    const { answer, ending } = await publish(d, { ...message, headers }, user);
    markSpan(span, ending);
    return { ...answer, traceId: answer.traceId || traceId };
  } catch (error) {
    const code = isHoplightError(error) ? error.code : 'internal';
    span.setAttribute('error.type', code);
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : code });
    throw error;
  } finally {
    line.inFlight--;
    span.end();
  }
}

async function refuseWhenBlocked(d: SendContext): Promise<void> {
  const { state, reason } = d.connection.status();
  const alarmed = state === 'blocked' || (await d.alarm?.().catch(() => null)) === true;
  if (!alarmed) return;
  throw new HoplightError(
    'broker_blocked',
    reason ?? 'The broker takes no publishes now: it has a memory or disk alarm',
    {
      notDone: notSent,
      next: 'Free memory or disk on the node that has the alarm, then send it again.',
      retryAfterSeconds: 5,
    },
  );
}

async function publish(
  d: SendContext,
  message: Outgoing,
  user: string,
): Promise<{ answer: PublishAnswer; ending: Ending }> {
  const sentAt = d.clock();
  const fact = factMaker(d, message, user);
  const raw = encoded(message);
  const { channel, evidence } = await handOver(
    d.connection,
    { ...message, raw },
    {
      timeoutMs: d.timeoutMs ?? CONFIRM_MS,
      late: (late) => recordLate(d, fact, late),
    },
  ).catch((error: unknown) => {
    throw error instanceof RangeError ? tooLarge(error) : error;
  });
  const ending = endingOf(evidence);
  if (ending instanceof Error) throw ending;
  const facts = [fact(ending.fact, d.clock(), channel, ending.detail)];
  // unknown: whether it reached the exchange is just what nobody knows
  if (ending.outcome !== 'unknown') facts.unshift(fact('published', sentAt, channel, null));
  d.record(facts);
  const [first] = facts;
  const answer: PublishAnswer = {
    outcome: ending.outcome,
    words: ending.words,
    traceId: first?.ids.traceId ?? '',
    messageId: message.properties.messageId ?? '',
    journey: first?.journey ?? '',
    exchange: message.exchange,
    routingKey: message.routingKey,
    tookMs: Math.max(0, d.clock() - sentAt),
  };
  return { answer, ending };
}

function encoded(message: Outgoing): Buffer {
  try {
    return encodeProperties(message.properties, message.headers);
  } catch (error) {
    throw new HoplightError('bad_input', error instanceof Error ? error.message : 'A header cannot be sent', {
      notDone: notSent,
      next: 'Correct the headers.',
      cause: error,
    });
  }
}

const tooLarge = (cause: RangeError) =>
  new HoplightError('too_large', `Properties and headers are too large: ${cause.message}`, {
    notDone: notSent,
    next: 'Shorten the headers, or move their content into the body.',
    cause,
  });

/** A confirm that came after the wait: the journey then knows what the answer could not. */
function recordLate(d: SendContext, fact: FactMaker, evidence: Evidence): void {
  const ending = endingOf(evidence);
  if (ending instanceof Error || ending.outcome === 'unknown') return;
  d.record([fact(ending.fact, d.clock(), undefined, ending.detail)]);
}

type FactMaker = (kind: FactKind, at: number, channel: number | undefined, detail: string | null) => Fact;

function factMaker(d: SendContext, message: Outgoing, user: string): FactMaker {
  const { properties, headers, body, vhost, exchange, routingKey } = message;
  const ids = traceContext(headers, properties);
  const print = fingerprint(properties, headers, body);
  const kept = body.subarray(0, d.bodyBytes);
  const connection = d.connection.brokerName() ?? undefined;
  return (kind, at, channel, detail) => ({
    id: (d.newFactId ?? factIds)(),
    kind,
    source: 'publisher',
    at,
    precision: 'exact',
    vhost,
    journey: journeyKeyOf(ids, print),
    ids,
    fingerprint: print,
    exchange,
    routingKeys: [routingKey],
    user,
    ...(connection ? { connection } : {}),
    ...(channel === undefined ? {} : { channel }),
    ...(detail ? { detail } : {}),
    message: {
      properties,
      headers,
      body: {
        size: body.length,
        data: d.bodyBytes > 0 ? kept.toString('base64') : null,
        truncated: kept.length < body.length,
      },
    },
  });
}

function markSpan(span: Span, ending: Ending): void {
  if (ending.errorType === null) return;
  span.setAttribute('error.type', ending.errorType);
  span.setStatus({ code: SpanStatusCode.ERROR, message: ending.words });
}
