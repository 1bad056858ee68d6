/** What a plan keeps of one message: its body is forgotten. */
import { decodeProperties } from '../amqp/properties.ts';
import { readDeaths } from '../journey/deaths.ts';
import { fingerprint } from '../journey/fingerprint.ts';
import { traceContext } from '../journey/trace-context.ts';
import { journeyKeyOf, type MessageIds } from '../model/ids.ts';
import type { ReplayRequest } from '../model/replay.ts';
import { destinationOf } from './copy.ts';
import { type Changes, changesFor, copyBody, copyProperties } from './edit.ts';
import { copyExpiration, earlierDeaths, originalExpiration } from './expiration.ts';
import type { Letter } from './letter.ts';
import { type Address, type Origin, originOf } from './origin.ts';

export interface Entry {
  id: string;
  key: string;
  cause: string;
  journey: string;
  ids: MessageIds;
  originQueue: string | null;
  /** Null: it carries no x-death. */
  origin: Origin | null;
  /** Where its copy goes, or why it stays. */
  address: Address | { cannot: string };
  changes: Changes;
  /** The copy's delivery-mode is not 2. */
  transient: boolean;
  /** Of the copy, ms as text. */
  expiration: string | null;
  /** It had one when it died; dead-lettering takes it off, and the copy does not expire by itself. */
  hadExpiration: boolean;
  /** Of the copy's body. */
  bytes: number;
  replays: number;
  /** How often it died in the same queue for the same reason, earlier replays included. */
  sameDeaths: number;
  /** The copy is known by something else than the original: it will be a journey of its own. */
  parts: boolean;
  /** Its body is edited, and it says by content-encoding that its body is packed. */
  packed: boolean;
}

export function entryOf(letter: Letter, id: string, request: ReplayRequest, user: string): Entry {
  const { properties, headers } = letter;
  const mode = request.edit?.properties?.deliveryMode;
  const transient = (mode === undefined ? properties.deliveryMode : mode) !== 2;
  const expiration = copyExpiration(letter, request.expiration);
  return {
    id,
    key: letter.key,
    cause: letter.cause,
    journey: letter.journey,
    ids: letter.ids,
    originQueue: letter.originQueue,
    origin: originOf(letter),
    address: destinationOf(letter, request),
    changes: {
      ...changesFor(headers, properties.userId, user),
      expiration: expiration !== (properties.expiration ?? null),
      persistent: request.persistent && transient,
    },
    transient: transient && !request.persistent,
    expiration,
    hadExpiration: expiration === null && originalExpiration(letter) !== null,
    bytes: copyBody(letter.body, request.edit).length,
    replays: letter.replays,
    sameDeaths: sameDeaths(letter),
    parts: partsWays(letter, request, user),
    packed: request.edit?.body !== undefined && !PLAIN.has(encodingOf(letter, request)),
  };
}

/** Content encodings under which a body lies as it is. */
const PLAIN = new Set(['', 'identity', 'utf-8', 'utf8', 'us-ascii', 'ascii']);

function encodingOf({ properties }: Letter, { edit }: ReplayRequest): string {
  const edited = edit?.properties?.contentEncoding;
  return ((edited === undefined ? properties.contentEncoding : edited) ?? '').trim().toLowerCase();
}

function sameDeaths(letter: Letter): number {
  const { deaths, headers } = letter;
  const [last] = deaths;
  if (!last) return 0;
  const earlier = readDeaths(earlierDeaths(headers));
  // a move writes the present deaths there too
  const joined = JSON.stringify(earlier.slice(0, deaths.length)) === JSON.stringify(deaths);
  return (joined ? earlier : [...deaths, ...earlier])
    .filter((d) => d.queue === last.queue && d.reason === last.reason)
    .reduce((sum, d) => sum + d.count, 0);
}

/** Identifiers, or where there are none the content, are what a journey is known by. */
function partsWays(letter: Letter, { edit, persistent }: ReplayRequest, user: string): boolean {
  const changed = edit !== undefined || (persistent && letter.properties.deliveryMode !== 2);
  if (!changed || (edit === undefined && !letter.journey.startsWith('fingerprint:'))) return false;
  try {
    const lineage = { replayId: 'plan', count: 1, of: 'plan', user };
    const options = { persistent, ...(edit ? { edit } : {}) };
    const { properties, headers } = decodeProperties(copyProperties(letter.raw, lineage, options));
    const print = fingerprint(properties, headers, copyBody(letter.body, edit));
    return journeyKeyOf(traceContext(headers, properties), print) !== letter.journey;
  } catch {
    // it cannot be copied at all: the run says so
    return false;
  }
}
