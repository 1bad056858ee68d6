import type { Session } from '@/lib/auth/session.ts';
import {
  type CauseNoteChange,
  causeNoteAnswerSchema,
  causeNoteChangeSchema,
} from '@/lib/model/cause-note.ts';
import { HoplightError } from '@/lib/model/errors.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readBody } from '../../_answer.ts';
import { requireSession, requireVhost } from '../../_door.ts';

const NOTHING = 'Nothing was noted.';
/** Of one queue: causes are many only where somebody makes them up. */
const MOST_NOTES = 1_000;

/** A note on a cause, a mute, or neither; for everybody who may read the queue. */
export async function POST(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const change = await readBody(request, causeNoteChangeSchema, 65_536);
    requireQueue(session, change);
    const { audit, state } = runtime();
    const { vhost, queue, cause } = change;
    const notes = state.causeNotes(vhost, queue);
    const before = Object.hasOwn(notes, cause) ? notes[cause] : undefined;
    if (change.mutedUntil !== null && change.mutedUntil <= Date.now())
      throw new HoplightError('bad_input', 'A mute ends in the future.', {
        errors: [{ path: 'mutedUntil', message: 'lies in the past' }],
        notDone: NOTHING,
      });
    if (!before && Object.keys(notes).length >= MOST_NOTES)
      throw new HoplightError('conflict', `${queue} has ${MOST_NOTES} notes already.`, { notDone: NOTHING });
    await audit.act(
      {
        by: session.user,
        kind: 'cause note',
        words: wordsFor(change),
        intent: {
          vhost,
          queue,
          cause,
          before: before ?? null,
          after: { text: change.text, mutedUntil: change.mutedUntil },
        },
        href: `/dead-letters?queue=${encodeURIComponent(queue)}&in=${encodeURIComponent(vhost)}`,
      },
      async () => state.putCauseNote(change, session.user, Date.now()),
      () => 'noted',
    );
    return json(causeNoteAnswerSchema, { notes: state.causeNotes(vhost, queue) });
  });
}

/** Throws not_found, also for a queue that this user may not read. */
function requireQueue(session: Session, { vhost, queue }: CauseNoteChange): void {
  requireVhost(session, vhost);
  const there = runtime()
    .live.snapshot()
    ?.queues.some((q) => q.vhost === vhost && q.name === queue);
  if (there && session.mayRead(vhost, queue)) return;
  throw new HoplightError(
    'not_found',
    `There is no queue ${queue} in vhost ${vhost} that ${session.user} may read.`,
    {
      notDone: NOTHING,
      next: 'Choose one of the list of dead letters.',
    },
  );
}

function wordsFor({ queue, text, mutedUntil }: CauseNoteChange): string {
  const mute = mutedUntil === null ? null : `mute it until ${new Date(mutedUntil).toISOString()}`;
  if (text === '')
    return mute
      ? `Mute a cause of ${queue} until ${new Date(mutedUntil ?? 0).toISOString()}`
      : `Take note and mute off a cause of ${queue}`;
  return `Note on a cause of ${queue}: "${text.slice(0, 120)}"${mute ? `; ${mute}` : ''}`;
}
