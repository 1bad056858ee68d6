import type { Death } from '../model/death.ts';
import { headerValue } from '../model/header-of.ts';
import type { Header } from '../model/message.ts';

/** Most entries of x-death that are read: the broker writes one per queue and reason, a client may write anything. */
const MAX_DEATHS = 64;
const MAX_TEXT = 1_024;
const MAX_ERROR = 300;
/** Largest time that a Date can hold, ms. */
const MAX_TIME = 8.64e15;

type Json = Header['value'];

/**
 * The typed x-death list, newest first; entries that are not tables with a queue and a reason are left out.
 * Times come in whole seconds and go out in ms since 1970. Never throws, whatever the header holds.
 */
export function readDeaths(headers: readonly Header[]): Death[] {
  const list = headerValue(headers, 'x-death');
  if (!Array.isArray(list)) return [];
  const deaths: Death[] = [];
  for (const entry of list.slice(0, MAX_DEATHS)) {
    const death = readDeath(entry);
    if (death) deaths.push(death);
  }
  return deaths;
}

/**
 * Of a message without an x-death list: the death that `x-last-death-*` or `x-first-death-*` name. Brokers before 4.0 keep
 * no lists in streams, only these texts; when it was and by which key is not known.
 */
export function namedDeaths(headers: readonly Header[]): Death[] {
  for (const which of ['x-last-death', 'x-first-death']) {
    const queue = text(headerValue(headers, `${which}-queue`));
    const reason = text(headerValue(headers, `${which}-reason`));
    const exchange = text(headerValue(headers, `${which}-exchange`)) ?? '';
    if (queue !== null && reason !== null)
      return [{ queue, reason, count: 1, exchange, routingKeys: [], at: null }];
  }
  return [];
}

function readDeath(entry: Json | undefined): Death | null {
  if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return null;
  const own = (key: string): Json | undefined => (Object.hasOwn(entry, key) ? entry[key] : undefined);
  const queue = text(own('queue'));
  const reason = text(own('reason'));
  if (queue === null || reason === null) return null;
  const keys = own('routing-keys');
  const count = Number(own('count') ?? 1);
  const seconds = own('time');
  const at = typeof seconds === 'number' || typeof seconds === 'string' ? Number(seconds) * 1000 : Number.NaN;
  const expiration = text(own('original-expiration'));
  return {
    queue,
    reason,
    count: Number.isSafeInteger(count) && count > 0 ? count : 1,
    exchange: text(own('exchange')) ?? '',
    routingKeys: Array.isArray(keys) ? keys.slice(0, MAX_DEATHS).flatMap((k) => text(k) ?? []) : [],
    at: at > 0 && at <= MAX_TIME ? at : null,
    ...(expiration === null ? {} : { originalExpiration: expiration }),
  };
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value.length <= MAX_TEXT ? value : null;
}

/**
 * Headers in which services write why they gave up, the most telling first: Spring's republisher (Steeltoe writes the same),
 * common hand-made ones, MassTransit, NServiceBus, Wolverine, Watermill, Rebus; types and stack traces where no message is.
 * Compared without regard to case.
 */
const ERROR_HEADERS = [
  'x-exception-message',
  'x-error-message',
  'x-death-error',
  'x-error',
  'x-exception',
  'x-failure-reason',
  'mt-fault-message',
  'nservicebus.exceptioninfo.message',
  'exception-message',
  'reason_poisoned',
  'rbs2-error-details',
  'error-message',
  'error_message',
  'error',
  'exception',
  'x-exception-type',
  'mt-fault-exceptiontype',
  'nservicebus.exceptioninfo.exceptiontype',
  'exception-type',
  'x-exception-stacktrace',
];
/** Of these the first line is the error, what follows is where in the code. */
const TRACES = new Set(['x-exception-stacktrace', 'rbs2-error-details']);

/** What a service wrote about the failure: one line of at most 300 characters, null when nobody wrote anything. */
export function deathError(headers: readonly Header[]): string | null {
  let best: { rank: number; words: string } | null = null;
  for (const { name, value } of headers) {
    if (name.length > 64) continue;
    const rank = ERROR_HEADERS.indexOf(name.toLowerCase());
    if (rank < 0 || (best && best.rank < rank)) continue;
    const words = errorWords(
      typeof value === 'string' && TRACES.has(name.toLowerCase()) ? firstLine(value) : value,
    );
    if (words) best = { rank, words };
  }
  return best?.words ?? null;
}

function firstLine(text: string): string {
  return text.trimStart().split(/[\r\n]/, 1)[0] ?? '';
}

/** Text as it is; of a table its `message`. A bare `true` or number says nothing and does not count. */
function errorWords(value: Json): string | null {
  if (typeof value === 'string') return oneLine(value);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  const message = Object.hasOwn(value, 'message') ? value.message : undefined;
  return typeof message === 'string' ? oneLine(message) : null;
}

function oneLine(words: string): string | null {
  const line = words
    .slice(0, 4 * MAX_ERROR)
    .toWellFormed()
    .replace(/\s+/g, ' ')
    .trim();
  return line === ''
    ? null
    : line.length > MAX_ERROR
      ? `${line.slice(0, MAX_ERROR - 1).toWellFormed()}…`
      : line;
}
