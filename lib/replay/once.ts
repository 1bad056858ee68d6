/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that comes again, because its sender never saw
 * the answer, gets the job that the first one began. A key is its user's own and is kept for 24 hours.
 *
 *   key unknown ──▶ key and the ID of the job-to-be on disk ──▶ start ──┬─ began ──▶ kept
 *                                                                      └─ refused ──▶ forgotten: nothing was begun
 *   key known ───┬─ other request ──▶ conflict
 *                ├─ being started ──▶ waits for the first one's answer
 *                ├─ job there ──────▶ that job, as it is now
 *                └─ no job (the process ended in between) ──▶ starts with the same ID
 */
import { createHash } from 'node:crypto';
import { HoplightError } from '../model/errors.ts';
import type { ReplayJob, ReplayRequest } from '../model/replay.ts';
import type { StateStore } from '../store/state.ts';

const KEPT_MS = 24 * 3_600_000;

export interface Once {
  job: ReplayJob;
  /** An earlier request with this key began it. */
  again: boolean;
}

export interface OnceWork {
  newId: () => string;
  /** The job of this ID as it is now; null when there is none. */
  get: (id: string) => ReplayJob | null;
  start: (id: string) => Promise<ReplayJob>;
}

type Keys = Pick<StateStore, 'requestKey' | 'putRequestKey' | 'deleteRequestKey' | 'deleteOldRequestKeys'>;

export class RequestKeys {
  readonly #state: Keys;
  readonly #clock: () => number;
  readonly #starting = new Map<string, { hash: string; job: Promise<ReplayJob> }>();

  constructor(state: Keys, clock: () => number) {
    this.#state = state;
    this.#clock = clock;
  }

  /** Throws conflict when the key stands for another request, and whatever `start` throws. */
  async once(user: string, key: string, request: ReplayRequest, work: OnceWork): Promise<Once> {
    const hash = hashOf(request);
    const now = this.#clock();
    const slot = JSON.stringify([user, key]);
    const starting = this.#starting.get(slot);
    if (starting) {
      if (starting.hash !== hash) throw reused(key);
      return { job: await starting.job, again: true };
    }
    this.#state.deleteOldRequestKeys(now - KEPT_MS);
    const known = this.#state.requestKey(user, key);
    if (known && known.requestHash !== hash) throw reused(key);
    const begun = known && work.get(known.job);
    if (begun) return { job: begun, again: true };

    const id = known?.job ?? work.newId();
    this.#state.putRequestKey(user, key, { requestHash: hash, job: id, at: now });
    const job = work.start(id);
    this.#starting.set(slot, { hash, job });
    try {
      return { job: await job, again: false };
    } catch (error) {
      // what was begun all the same keeps its key
      if (!work.get(id)) this.#state.deleteRequestKey(user, key);
      throw error;
    } finally {
      this.#starting.delete(slot);
    }
  }
}

/** Of the request as it was understood: the order of its fields, and defaults that are written out, make no difference. */
function hashOf(request: ReplayRequest): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(request)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, v]) => [name, sorted(v)]);
}

function reused(key: string): HoplightError {
  return new HoplightError('conflict', `The idempotency key ${key} stands for another request of yours.`, {
    notDone: 'Nothing was sent.',
    next: 'Send the request as it was the first time, or take a new key.',
  });
}

/** 1 to 255 printable characters: one string as RFC 9651 writes it (`"7f3a"`), or bare as most clients do. */
export function parseRequestKey(header: string): string {
  const text = header.trim();
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text);
  const key = quoted?.[1] !== undefined ? quoted[1].replace(/\\(["\\])/g, '$1') : text;
  const isFit = /^[\x20-\x7e]{1,255}$/.test(key) && (quoted !== null || !text.startsWith('"'));
  if (isFit) return key;
  throw new HoplightError('bad_input', 'The header Idempotency-Key holds 1 to 255 printable characters.', {
    errors: [{ path: 'Idempotency-Key', message: '1 to 255 printable ASCII characters, in quotes or bare' }],
    notDone: 'Nothing was done.',
  });
}
