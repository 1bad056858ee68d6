/** Which causes are set apart, for how long. Pure. */
import type { CauseNote } from '@/lib/model/cause-note';
import type { Cause } from '@/lib/model/death';

const HOUR = 3_600_000;

/** No date lies later: muted until somebody unmutes it. */
export const FOR_EVER = 8.64e15;

export const MUTES: readonly { label: string; until: (now: number) => number }[] = [
  { label: 'for 1 hour', until: (now) => now + HOUR },
  { label: 'for 1 day', until: (now) => now + 24 * HOUR },
  { label: 'for 1 week', until: (now) => now + 7 * 24 * HOUR },
  { label: 'until unmuted', until: () => FOR_EVER },
];

export function noteOf(notes: Readonly<Record<string, CauseNote>>, key: string): CauseNote | null {
  return Object.hasOwn(notes, key) ? (notes[key] ?? null) : null;
}

export function isMuted(note: CauseNote | null, now: number): boolean {
  return note !== null && note.mutedUntil !== null && note.mutedUntil > now;
}

export function byMute<C extends Pick<Cause, 'key'>>(
  causes: readonly C[],
  notes: Readonly<Record<string, CauseNote>>,
  now: number,
): { heard: C[]; muted: C[] } {
  const heard: C[] = [];
  const muted: C[] = [];
  for (const cause of causes) (isMuted(noteOf(notes, cause.key), now) ? muted : heard).push(cause);
  return { heard, muted };
}
