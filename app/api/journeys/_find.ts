/** Journeys by any ID and as a list, narrowed to what the caller may see. */

import { setImmediate } from 'node:timers/promises';
import type { Session } from '@/lib/auth/session.ts';
import { assemble } from '@/lib/journey/assemble.ts';
import type { JourneyList, JourneyQuery } from '@/lib/model/api.ts';
import { isOwnQueue, queueKey } from '@/lib/model/broker.ts';
import { HoplightError } from '@/lib/model/errors.ts';
import { MAX_ID_LENGTH, parseJourneyKey } from '@/lib/model/ids.ts';
import type { Journey, JourneySummary } from '@/lib/model/journey.ts';
import { route } from '@/lib/model/topology.ts';
import type { Runtime } from '@/lib/runtime.ts';
import { createKept } from './_kept.ts';
import { lineFor } from './_line.ts';
import { eventsAbout, gapsFor, inPart, seenOf } from './_visible.ts';

/** Facts of one journey that are read and drawn; a trace of more is cut at its end and says so. */
const MOST_FACTS = 2_000;
/** Facts read to narrow a line of a list. */
const LINE_FACTS = 500;
/** ms after which a search that has found nothing, or some but no full page, says how far it came. */
const PATIENCE_MS = 1_000;
const PATIENCE_WITH_SOME_MS = 250;
/** What happened on the broker so long after the last fact may explain where the message is, ms. */
const EXPLAINS_MS = 30 * 60_000;
const MOST_EVENTS = 2_000;
/** Journeys that one ID may belong to before the oldest are left out. */
const MOST_FOUND = 200;

// biome-ignore lint/suspicious/noControlCharactersInRegex: an ID with control characters in it is nobody's
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Throws `bad_input` for an ID that no message can have: empty, too long, with control characters. */
export function checkId(id: string): string {
  const words =
    id.trim() === ''
      ? 'The ID is empty.'
      : id.length > MAX_ID_LENGTH + 12
        ? `The ID is longer than ${MAX_ID_LENGTH} characters.`
        : CONTROL.test(id) || !id.isWellFormed()
          ? 'The ID holds characters that no ID can have.'
          : null;
  if (words === null) return id.trim();
  throw new HoplightError('bad_input', words, {
    notDone: 'Nothing was searched.',
    next: 'Give a trace ID, X-Trace-ID, correlation ID, message ID or replay ID as it was sent.',
  });
}

/** An open page asks every second: what did not change since is not assembled again. */
const kept = createKept<Journey>(32);

function seesEveryVhost(rt: Runtime, session: Session): boolean {
  const snapshot = rt.live.snapshot();
  return snapshot?.vhosts.every((v) => session.vhosts.includes(v.name)) ?? false;
}

/** Lines as the caller may see them. */
function visible(
  rt: Runtime,
  session: Session,
  lines: readonly JourneySummary[],
  query: JourneyQuery,
): JourneySummary[] {
  const everyVhost = seesEveryVhost(rt, session);
  return lines.flatMap(
    (line) =>
      lineFor(session, everyVhost, query, line, () => rt.facts.journeyFacts(line.id, LINE_FACTS)) ?? [],
  );
}

/**
 * The latest journeys that match; with `q` those that the ID belongs to, or, when it is nobody's ID, those that mention it.
 * The store looks for some tens of ms at a time: others are let in between, until the page is full or patience is over.
 */
export async function listJourneys(rt: Runtime, session: Session, query: JourneyQuery): Promise<JourneyList> {
  const note = tapNote(rt, session, query.vhost);
  const q = query.q ? checkId(query.q) : undefined;
  const began = performance.now();
  const journeys: JourneySummary[] = [];
  let cursor = query.cursor;
  for (;;) {
    const limit = query.limit - journeys.length;
    const page = rt.facts.list({ ...query, q, cursor, limit }, session.vhosts);
    journeys.push(...visible(rt, session, page.journeys, query));
    const patience = journeys.length > 0 ? PATIENCE_WITH_SOME_MS : PATIENCE_MS;
    if (journeys.length >= query.limit || page.next === null || performance.now() - began > patience)
      return { journeys, next: page.next, searchedTo: page.searchedTo, note };
    cursor = page.next;
    await setImmediate();
  }
}

/** One look into the store, for who looks again soon: a page may hold little and still have a `next`. */
export function lookForJourneys(rt: Runtime, session: Session, query: JourneyQuery): JourneyList {
  const q = query.q ? checkId(query.q) : undefined;
  const page = rt.facts.list({ ...query, q }, session.vhosts);
  const journeys = visible(rt, session, page.journeys, query);
  return { ...page, journeys, note: tapNote(rt, session, query.vhost) };
}

/** The latest that match, for a corner of another page: what the store finds at once. */
export function latestJourneys(rt: Runtime, session: Session, query: JourneyQuery): JourneySummary[] {
  return visible(rt, session, rt.facts.list(query, session.vhosts).journeys, query);
}

/** What the taps cannot tell, in words; null while they listen to every vhost in question. */
function tapNote(rt: Runtime, session: Session, vhost: string | undefined): string | null {
  const taps = rt.capture
    .status()
    .taps.filter((t) => session.vhosts.includes(t.vhost) && (vhost === undefined || t.vhost === vhost));
  const deaf = taps.filter((t) => t.state !== 'on');
  if (taps.length === 0)
    return vhost === undefined
      ? 'No tap listens: messages of other publishers are not seen.'
      : `No tap listens in ${vhost}: messages of other publishers are not seen there.`;
  if (deaf.length === 0) return null;
  return deaf.map((t) => `${t.vhost}: ${t.words}`).join(' ');
}

/** The journey by its key or by any ID of one of its messages (the latest, when the ID belongs to several). */
export function journeyBy(rt: Runtime, session: Session, text: string, now: number): Journey {
  const id = checkId(text);
  const key = parseJourneyKey(id)?.key;
  const journey = (key && assembled(rt, session, key, now)) ?? foundBy(rt, session, id, now);
  if (journey) return journey;
  throw new HoplightError('not_found', `No message that you may see carries the ID ${shown(id)}.`, {
    notDone: 'Nothing is shown.',
    next: nextStep(rt, session),
  });
}

function foundBy(rt: Runtime, session: Session, id: string, now: number): Journey | null {
  for (const line of rt.facts.find(id, MOST_FOUND)) {
    const journey = assembled(rt, session, line.id, now);
    if (journey) return journey;
  }
  return null;
}

function assembled(rt: Runtime, session: Session, id: string, now: number): Journey | null {
  const all = rt.facts.journeyFacts(id, MOST_FACTS + 1);
  const read = all.slice(0, MOST_FACTS);
  const facts = seenOf(session, read);
  const [first] = facts;
  if (!first) return null;
  const gaps = gapsFor(session, rt.facts.gaps(first.at, now));
  const topology = rt.live.snapshot();
  const until = Math.min(now, facts.reduce((at, fact) => Math.max(at, fact.at), first.at) + EXPLAINS_MS);
  const heard = rt.facts.events(session.vhosts, first.at, until, MOST_EVENTS);
  const events = eventsAbout(session, facts, heard);
  // a fact never changes, so the facts seen are told by their IDs, and events likewise
  const state = JSON.stringify([
    facts.map((fact) => fact.id).join(),
    all.length,
    gaps,
    events.map((e) => e.id).join(),
  ]);
  return kept.of(`${session.user}\u0000${id}`, state, topology?.bindings ?? null, () => {
    const ends = new Set(
      rt.live
        .topology()
        .queues.filter((q) => !q.retry)
        .map((q) => queueKey(q.vhost, q.queue)),
    );
    const journey = assemble(facts, gaps, {
      events,
      parks: (vhost, queue) => ends.has(queueKey(vhost, queue)),
      truncated: all.length > MOST_FACTS,
      routes: (vhost, exchange, keys) =>
        topology ? route(topology, vhost, exchange, keys).queues.filter((q) => !isOwnQueue(q)) : null,
    });
    return facts.length < read.length ? inPart(journey) : journey;
  });
}

function shown(id: string): string {
  return id.length > 80 ? `${id.slice(0, 77)}…` : id;
}

function nextStep(rt: Runtime, session: Session): string {
  const since = rt.capture
    .status()
    .taps.filter((t) => t.state === 'on' && session.vhosts.includes(t.vhost) && t.since !== null)
    .map((t) => `${t.vhost} since ${new Date(t.since ?? 0).toISOString()}`);
  const oldest = rt.facts.size().oldestAt;
  const kept = oldest === null ? '' : ` What is kept begins at ${new Date(oldest).toISOString()}.`;
  return since.length > 0
    ? `The tap listens in ${since.join(', ')}; earlier messages were not seen.${kept}`
    : `No tap listens now, so other publishers’ messages are not seen.${kept}`;
}
