/** From a request to a plan: reads the broker and the queue, sends nothing. */
import { log, wordsOf } from '../log.ts';
import { HoplightError } from '../model/errors.ts';
import type { Plan, ReplayRequest } from '../model/replay.ts';
import { aimsOf, askAbout } from './aims.ts';
import { type Died, groupCauses } from './causes.ts';
import type { Reading } from './dead-letters.ts';
import { type Actor, connectForReading, EXPORT_DAYS, type ReplayDeps } from './deps.ts';
import { Ordinals } from './letter.ts';
import { makePlan } from './plan.ts';
import { requireQueue, rulesOf } from './queue-facts.ts';
import { type Entry, entryOf, SAMPLE, selectFrom, selector } from './selection.ts';
import { sentBefore } from './sent-before.ts';
import { Source } from './source.ts';
import { type Lives, type Surveyed, survey } from './survey.ts';
import { NOTHING_SENT } from './words.ts';

export interface Prepared {
  plan: Plan;
  /** The selected messages; for `all` those of the sample. */
  chosen: Entry[];
  /** What the queue showed, when it was read. */
  reading: Reading | null;
}

/** Throws HoplightError not_found, conflict, forbidden, broker_unreachable. */
export async function prepare(
  d: ReplayDeps,
  lives: Lives,
  actor: Actor,
  request: ReplayRequest,
  progress: (read: number, of: number) => void = () => {},
): Promise<Prepared> {
  await d.refresh().catch((error: unknown) => {
    // an older snapshot is better than none; its age is known elsewhere
    log.warn('the broker could not be read before a plan', { error: wordsOf(error) });
  });
  const { snapshot, queue } = requireQueue(d.snapshot(), request.vhost, request.queue);
  let reading: Reading | null = null;
  const entries: Entry[] = [];
  const ordinals = new Ordinals();
  const isChosen = selector(request.select);
  const most = request.select.kind === 'all' ? SAMPLE : Number.POSITIVE_INFINITY;
  const stream = queue.type === 'stream';
  let seen: Surveyed = {
    inQueue: 0,
    read: 0,
    putBack: 0,
    weakest: lives.spent(queue.vhost, queue.name),
    offsets: null,
  };
  const name = `hoplight: plan replay of ${queue.name}`;
  const connection = await connectForReading(d, actor, request.vhost, name);
  let consumers = 0;
  let plan: Plan;
  try {
    const now = await Source.look(connection, queue.name);
    // everybody may read a stream at once
    consumers = stream ? 0 : now.consumers;
    seen.inQueue = now.messages;
    // a queue that must not be read still gets its plan, which says so
    if (
      consumers === 0 &&
      rulesOf(snapshot, queue, lives.spent(queue.vhost, queue.name)).level !== 'refused'
    ) {
      const diedOf: Died[] = [];
      seen = await survey(connection, snapshot, queue, lives, { limit: most, progress }, (letter) => {
        const id = ordinals.idOf(letter.key);
        if (isChosen(letter, id)) entries.push(entryOf(letter, id, request, actor.user));
        const { originQueue, reason, error, diedAt } = letter;
        diedOf.push({ originQueue, reason, error, diedAt });
        return true;
      });
      reading = {
        inQueue: seen.inQueue,
        read: seen.read,
        weakest: lives.spent(queue.vhost, queue.name),
        readAt: d.clock(),
        causes: groupCauses(diedOf),
      };
    }
    const { inQueue, read, weakest, offsets } = seen;
    const before = stream ? { sentBefore: sentBefore(d.state, queue.vhost, queue.name) } : {};
    const index = { entries, read, consumers, inQueue, weakest, ...before };
    const known = { request, snapshot, queue, index, exportDays: d.exportDays ?? EXPORT_DAYS };
    const aims = aimsOf(known);
    const asked = await askAbout(connection, aims, snapshot.alarm === true);
    plan = { ...makePlan({ ...known, aims, asked, now: d.clock() }), ...(offsets ? { offsets } : {}) };
  } finally {
    await connection.close();
  }
  return { plan, chosen: selectFrom(entries, request.select), reading };
}

/** Throws conflict when the plan refuses, consent_needed when it asks for more than was agreed to. */
export function checkConsent(plan: Plan, request: ReplayRequest): void {
  const refusals = plan.warnings.filter((w) => w.level === 'refuse');
  if (refusals.length > 0)
    throw new HoplightError('conflict', refusals.map((w) => w.words).join(' '), {
      notDone: NOTHING_SENT,
      next: 'Mend what is named, then plan again.',
      errors: refusals.map((w) => ({ path: w.code, message: w.words })),
    });
  const open = plan.warnings.filter((w) => w.level === 'consent' && !request.consent.includes(w.code));
  if (open.length > 0)
    throw new HoplightError(
      'consent_needed',
      `Consent is needed first: ${[...new Set(open.map((w) => w.code))].join(', ')}.`,
      {
        notDone: NOTHING_SENT,
        next: 'Read the warnings of the plan; name their codes in `consent` to agree.',
        errors: open.map((w) => ({ path: w.code, message: w.words })),
      },
    );
}
