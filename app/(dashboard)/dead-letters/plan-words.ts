/** A plan in words. Pure. */
import type { Plan, ReplayAct } from '@/lib/model/replay';

/** A plan names no more targets. */
const MOST_TARGETS = 50;

/** How many of the selected can go, as far as the plan counted them: those that are known to stay do not. */
export function goesOf(plan: Pick<Plan, 'selected' | 'targets' | 'stays'>): number {
  if (plan.stays.length > 0)
    return Math.max(0, plan.selected - plan.stays.reduce((n, stay) => n + stay.messages, 0));
  if (plan.targets.length >= MOST_TARGETS) return plan.selected;
  const sum = plan.targets.reduce((n, target) => n + (target.messages ?? Number.NaN), 0);
  return sum > 0 && sum < plan.selected ? sum : plan.selected;
}

export type Verb = 'Set' | 'Move' | 'Strip' | 'Change';

const verbs: [RegExp, Verb][] = [
  [/^(?:is|are) (?:added|set)(?: to)?[:,]? */i, 'Set'],
  [/^(?:becomes?|is set to|are set to) +/i, 'Set'],
  [/^(?:is|are) changed (?=by )/i, 'Change'],
  [/^(?=names )/i, 'Set'],
  [/^is besides put (?=into )/i, 'Set'],
  [/^moves? /i, 'Move'],
  [
    /^(?:go|goes|is dropped|are dropped|is taken off|are taken off|is stripped|are stripped)(?:[:,] *|$| )/i,
    'Strip',
  ],
];

/** `moves to x-original-death, typed as it was` → Move, "to x-original-death, typed as it was". */
export function changeOf(words: string): { verb: Verb; rest: string } {
  for (const [start, verb] of verbs) {
    const found = start.exec(words);
    if (found) return { verb, rest: words.slice(found[0].length) };
  }
  return { verb: 'Change', rest: words };
}

/** The fact of a warning, and what follows from it: parted at its first stop or colon. */
export function headOf(words: string): [string, string] {
  const at = words.search(/[.:] /);
  return at < 0 ? [words, ''] : [words.slice(0, at + 1), words.slice(at + 2)];
}

/** A verb with its object, for the title and the button. */
export const actWords: Record<ReplayAct, { title: string; verb: string; does: string }> = {
  replay: { title: 'Replay plan', verb: 'Replay', does: 'nothing is sent yet' },
  move: { title: 'Move plan', verb: 'Move', does: 'nothing is moved yet' },
  delete: { title: 'Delete plan', verb: 'Delete', does: 'nothing is deleted yet' },
};
