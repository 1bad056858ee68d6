/** What is kept of a request: for the audit log, and of the job once nothing more is to be sent. */
import type { ReplayRequest } from '../model/replay.ts';
import { editedParts } from './edit.ts';

/** IDs of picked messages that are kept; the frozen selection is in the journal, row by row. */
const IDS = 20;

/**
 * Without the values of an edit, which may be secrets that no rule of redaction knows: what was changed is named, in the
 * plan and in a step of the job. The job needs them until all was sent, to go on after a crash.
 */
export function keptRequest(request: ReplayRequest): ReplayRequest {
  const { edit: _, ...kept } = request;
  return kept;
}

/** Of thousands of IDs the first. */
export function trimmed(request: ReplayRequest): ReplayRequest {
  const { select } = request;
  return select.kind === 'messages'
    ? { ...request, select: { ...select, ids: select.ids.slice(0, IDS) } }
    : request;
}

/** What the edit changes, in words; null when there is none. */
export function editWords({ edit }: ReplayRequest): string | null {
  return edit ? `Edited before it is sent: ${editedParts(edit).join(', ') || 'nothing'}` : null;
}
