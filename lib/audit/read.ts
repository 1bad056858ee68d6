/**
 * The audit log as one reader may see it. Who may know what (SECURITY.md):
 * - an administrator everything: whoever administers the broker may know who did what to it;
 * - everybody else what they did themselves, and what was done to queues that they may read: the same people who see a
 *   queue's replays and its messages. Acts that name no queue are for administrators and whoever did them.
 */
import { z } from 'zod';
import { log } from '../log.ts';
import type { Act } from '../model/api.ts';
import type { AuditEntryView, AuditFormat, AuditList, AuditQuery } from '../model/audit.ts';
import { csvLine } from '../model/csv.ts';
import { canonical } from '../store/act-seal.ts';
import type { StateStore } from '../store/state.ts';

export interface ActReader {
  user: string;
  tags: readonly string[];
  vhosts: readonly string[];
  mayRead(vhost: string, queue: string): boolean;
}

type Store = Pick<StateStore, 'acts' | 'actsAfter' | 'actNames' | 'verifyChain'>;

/** Entries that are read at a time, and most that are looked through for one page and for the names to choose from. */
const STEP = 500;
const MOST_LOOKED_AT = 2_000;
const MOST_FOR_NAMES = 500;

const place = z.object({ vhost: z.string(), queue: z.string() });
const placed = z.union([place, z.object({ request: place }).transform(({ request }) => request)]);

export function mayKnow(reader: ActReader, entry: Pick<AuditEntryView, 'by' | 'intent'>): boolean {
  if (reader.tags.includes('administrator') || entry.by === reader.user) return true;
  const of = placed.safeParse(entry.intent);
  return of.success && reader.vhosts.includes(of.data.vhost) && reader.mayRead(of.data.vhost, of.data.queue);
}

/** A page, newest first. It may be short, with `next`, where much lies between that this reader may not see. */
export function readAudit(store: Store, query: AuditQuery, reader: ActReader): AuditList {
  const { entries, next } = pageOf(store, query, reader);
  return { entries, next, ...namesFor(store, reader), chain: store.verifyChain() };
}

/** Says at the start how the log stands: where logs are kept elsewhere, the head seals are kept with them. */
export function tellChain(store: Pick<Store, 'verifyChain'>): void {
  const { state, checked, brokenAt, head } = store.verifyChain();
  if (state === 'broken') log.error('the audit log is not as it was written', { brokenAt, checked, head });
  else if (head !== null) log.info('the audit log is whole', { entries: checked, head });
}

/** The latest, for the Overview. */
export function latestActs(store: Store, reader: ActReader, limit: number): Act[] {
  return pageOf(store, { limit }, reader).entries.map(({ id, at, by, kind, words, outcome, href }) => ({
    id,
    at,
    by,
    kind,
    words,
    outcome,
    href,
  }));
}

function pageOf(store: Store, query: AuditQuery, reader: ActReader) {
  const entries: AuditEntryView[] = [];
  let before = query.before;
  for (let looked = 0; looked < MOST_LOOKED_AT; ) {
    const step = Math.min(STEP, query.limit + 1);
    const found = store.acts({ ...query, before, limit: step });
    for (const entry of found) {
      // one more is there: the page ends before it
      if (entries.length === query.limit && mayKnow(reader, entry)) return { entries, next: before ?? null };
      if (mayKnow(reader, entry)) entries.push(entry);
      before = entry.number;
    }
    if (found.length < step) return { entries, next: null };
    looked += found.length;
  }
  return { entries, next: before ?? null };
}

/** Whom and what there is to choose from: for those who do not see everything, of what they do see of late. */
function namesFor(store: Store, reader: ActReader): Pick<AuditList, 'users' | 'kinds'> {
  if (reader.tags.includes('administrator')) return store.actNames();
  const seen = store.acts({ limit: MOST_FOR_NAMES }).filter((entry) => mayKnow(reader, entry));
  const names = (of: (entry: AuditEntryView) => string) => [...new Set(seen.map(of))].sort();
  return { users: names((e) => e.by), kinds: names((e) => e.kind) };
}

const columns: [string, (e: AuditEntryView) => string | number | null][] = [
  ['number', (e) => e.number],
  ['at', (e) => new Date(e.at).toISOString()],
  ['by', (e) => e.by],
  ['kind', (e) => e.kind],
  ['words', (e) => e.words],
  ['outcome', (e) => e.outcome],
  ['outcome_at', (e) => (e.outcomeAt === null ? null : new Date(e.outcomeAt).toISOString())],
  ['href', (e) => e.href],
  ['intent', (e) => canonical(e.intent)],
  ['id', (e) => e.id],
  ['seal', (e) => e.seal],
  ['outcome_seal', (e) => e.outcomeSeal],
];

/** The whole log as text, oldest first, a part at a time. NDJSON has each entry as it was sealed, with the seal before it. */
export function* exportAudit(
  store: Store,
  query: Omit<AuditQuery, 'before' | 'limit'>,
  reader: ActReader,
  format: AuditFormat,
): Generator<string> {
  if (format === 'csv') yield csvLine(columns.map(([name]) => name));
  for (let after = 0; ; ) {
    const found = store.actsAfter({ ...query, limit: STEP }, after);
    yield found
      .filter((entry) => mayKnow(reader, entry))
      .map((e) => (format === 'csv' ? csvLine(columns.map(([, of]) => of(e))) : `${canonical(e)}\n`))
      .join('');
    const last = found.at(-1);
    if (!last || found.length < STEP) return;
    after = last.number;
  }
}
