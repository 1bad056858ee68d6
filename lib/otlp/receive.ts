/**
 * The receiver behind POST /v1/traces: bytes in, facts recorded, what was refused told. Bounded in all: bytes after
 * decompression, spans of a request, requests at a time, and nothing is taken while the store cannot follow.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { JOURNEY_SCOPE } from '../journey/otlp.ts';
import { HoplightError } from '../model/errors.ts';
import type { Fact } from '../model/fact.ts';
import { decodeJson } from './json.ts';
import { decodeProtobuf } from './protobuf.ts';
import { malformed, type RawOrigin, type RawSpan } from './raw.ts';
import { toFacts, vhostOf } from './to-facts.ts';
import { type Refusal, refusals, toSpan } from './to-span.ts';

export type Encoding = 'protobuf' | 'json';

export interface OtlpCounts {
  /** Spans that came; received = accepted + rejected, always. */
  received: number;
  accepted: number;
  rejected: Record<string, number>;
}

/** `partial_success` of the answer: how many spans were refused, and why in words; '' when none was. */
export interface Partial {
  rejectedSpans: number;
  errorMessage: string;
}

export interface OtlpOptions {
  /** Of a body, after decompression. */
  limitBytes: number;
  /** Of spans whose service names none. */
  vhost: string;
  record: (facts: readonly Fact[]) => void;
  /** Facts that wait to be stored. */
  waiting: () => number;
  /** ms since 1970 */
  clock: () => number;
}

export interface Otlp {
  /**
   * A place at the door, to be given back by the function it answers. Throws HoplightError `busy` when all are taken, or
   * when too much waits to be stored.
   */
  enter(): () => void;
  /** Throws HoplightError `too_large`, `bad_input`, or `busy` as above; then no span was taken. */
  receive(body: Buffer, encoding: Encoding, isGzip: boolean): Promise<Partial>;
  counts(): OtlpCounts;
}

/** Of one request. Exporters send 512 spans at a time, collectors up to 8,192. */
const MOST_FACTS = 20_000;
/** A body may name millions of empty spans: beyond this it is no batch, and reading on would hold everybody up. */
const MOST_SPANS = 50_000;
/** Requests whose bodies are in memory. */
const PLACES = 16;
/** Facts that may wait: below the 50,000 at which capture drops. */
const MOST_WAITING = 20_000;
const TOO_MANY = 'too many in one request';
const OWN = 'given back by Hoplight';

const unzip = promisify(gunzip);

export function createOtlp(o: OtlpOptions): Otlp {
  const counts: OtlpCounts = { received: 0, accepted: 0, rejected: {} };
  let inside = 0;
  return {
    enter() {
      if (inside >= PLACES || o.waiting() > MOST_WAITING) throw tooMany();
      inside++;
      let isIn = true;
      return () => {
        if (isIn) inside--;
        isIn = false;
      };
    },
    async receive(body, encoding, isGzip) {
      const bytes = isGzip ? await decompressed(body, o.limitBytes) : body;
      const batch = new RequestSpans(o);
      const decode = encoding === 'json' ? decodeJson : decodeProtobuf;
      decode(bytes, (span, origin) => batch.take(span, origin));
      // all who came in together found room: what they bring must not be told as taken and then be dropped
      if (o.waiting() > MOST_WAITING) throw tooMany();
      o.record(batch.facts);
      counts.received += batch.received;
      counts.accepted += batch.accepted;
      for (const [reason, n] of batch.rejected) counts.rejected[reason] = (counts.rejected[reason] ?? 0) + n;
      return partialOf(batch.rejected);
    },
    counts: () => ({ ...counts, rejected: { ...counts.rejected } }),
  };
}

function tooMany(): HoplightError {
  return new HoplightError('busy', 'More spans come than can be stored.', {
    notDone: 'No span was taken.',
    next: 'Send them again a little later; an exporter does so by itself.',
    retryAfterSeconds: 2,
  });
}

/** The spans of one request, recorded only when all of it could be read. */
class RequestSpans {
  readonly #o: OtlpOptions;
  readonly #now: number;
  readonly facts: Fact[] = [];
  readonly rejected = new Map<Refusal | typeof TOO_MANY | typeof OWN, number>();
  received = 0;
  accepted = 0;

  constructor(o: OtlpOptions) {
    this.#o = o;
    this.#now = o.clock();
  }

  take(raw: RawSpan, origin: RawOrigin): void {
    this.received++;
    if (this.received > MOST_SPANS)
      throw new HoplightError('too_large', `The request holds more than ${MOST_SPANS} spans.`, {
        notDone: 'No span was taken.',
        next: 'Send smaller batches.',
      });
    const span = this.#judge(raw, origin);
    if (typeof span === 'string') {
      this.rejected.set(span, (this.rejected.get(span) ?? 0) + 1);
      return;
    }
    this.accepted++;
    this.facts.push(...toFacts(span, vhostOf(span, origin) ?? this.#o.vhost));
  }

  #judge(raw: RawSpan, origin: RawOrigin) {
    if (origin.scope === JOURNEY_SCOPE) return OWN;
    if (this.facts.length >= MOST_FACTS) return TOO_MANY;
    return toSpan(raw, origin, this.#now);
  }
}

async function decompressed(body: Buffer, limitBytes: number): Promise<Buffer> {
  try {
    return await unzip(body, { maxOutputLength: limitBytes });
  } catch (error) {
    if (error instanceof RangeError)
      throw new HoplightError(
        'too_large',
        `The body is larger than ${limitBytes.toLocaleString('en')} bytes when it is decompressed.`,
        {
          notDone: 'No span was taken.',
          next: 'Send smaller batches, or raise HOPLIGHT_OTLP_BYTES.',
        },
      );
    throw malformed('The body is not gzip, though its Content-Encoding says so.', error);
  }
}

/** What Hoplight itself gave back is no news, and no fault of who passes it on. */
function partialOf(rejected: ReadonlyMap<string, number>): Partial {
  const told = [...refusals, TOO_MANY].flatMap((reason) => {
    const n = rejected.get(reason) ?? 0;
    return n > 0 ? [{ reason, n }] : [];
  });
  return {
    rejectedSpans: told.reduce((sum, { n }) => sum + n, 0),
    errorMessage: told.map(({ reason, n }) => `${reason}: ${n}`).join('; '),
  };
}
