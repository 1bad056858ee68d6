/** Replays, moves, deletions and publishes as moments: from the audit log, for those who may know of them there. */
import { z } from 'zod';
import { type ActReader, mayKnow } from '@/lib/audit/read.ts';
import type { AuditEntryView } from '@/lib/model/audit.ts';
import type { Moment, MomentKind } from '@/lib/model/moment.ts';
import type { StateStore } from '@/lib/store/state.ts';

const kinds: Record<string, MomentKind> = {
  replay: 'replay',
  move: 'replay',
  delete: 'purge',
  publish: 'publish',
};
/** Entries of a kind that are looked through for those that are asked for and may be known. */
const MOST_LOOKED_AT = 2_000;

const place = z.object({ vhost: z.string(), queue: z.string() });
/** A publish names a queue or an exchange; a replay what it reads, and where its copies arrive. */
const intentSchema = z.union([
  z.object({
    request: place,
    plan: z
      .object({ targets: z.array(z.object({ reaches: z.array(z.object({ queue: z.string() })) })) })
      .nullish()
      .catch(null),
  }),
  z
    .object({ vhost: z.string(), queue: z.string().optional() })
    .transform((at) => ({ request: at, plan: null })),
]);

/** In [from, to), ms since 1970, newest first, at most `limit` of each kind. */
export function actsIn(
  { state }: { state: Pick<StateStore, 'acts'> },
  session: ActReader,
  of: { vhost?: string | undefined; queue?: string | undefined },
  from: number,
  to: number,
  limit: number,
): Moment[] {
  // what is left out below must not take the place of older ones
  const all = of.queue === undefined && of.vhost === undefined && session.tags.includes('administrator');
  const most = all ? limit : Math.max(limit, MOST_LOOKED_AT);
  return Object.entries(kinds).flatMap(([act, kind]) =>
    state
      .acts({ kind: act, from: Math.floor(from), to: Math.ceil(to), limit: most })
      .filter((entry) => entry.at >= from && entry.at < to && mayKnow(session, entry))
      .flatMap((entry) => momentOf(entry, kind, session, of) ?? [])
      .slice(0, limit),
  );
}

function momentOf(
  entry: AuditEntryView,
  kind: MomentKind,
  session: ActReader,
  of: { vhost?: string | undefined; queue?: string | undefined },
): Moment | null {
  const intent = intentSchema.safeParse(entry.intent);
  if (!intent.success) return null;
  const { request, plan } = intent.data;
  const { vhost, queue = null } = request;
  if (!session.vhosts.includes(vhost) || (of.vhost !== undefined && vhost !== of.vhost)) return null;
  const touched = [queue, ...(plan?.targets.flatMap((t) => t.reaches.map((r) => r.queue)) ?? [])];
  if (of.queue !== undefined && !touched.includes(of.queue)) return null;
  const outcome = entry.outcome === null ? '' : `: ${entry.outcome}`;
  return {
    id: entry.id,
    at: entry.at,
    kind,
    vhost,
    queue,
    connection: null,
    consumerTag: null,
    words: `${entry.words} by ${entry.by}${outcome}.`,
    source: 'done',
    count: 1,
    href: entry.href,
  };
}
