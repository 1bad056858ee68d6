/** Which sign a step of a job is drawn with, and which of them stand in its chart. Pure; words come from the journal. */
import type { Shape } from '@/app/_ui/hop';
import type { ReplayJob } from '@/lib/model/replay';

export type Step = ReplayJob['steps'][number];

const signs: [RegExp, Shape][] = [
  [/^selection frozen/i, 'published'],
  [/interrupted|\bfailed|refused|lost|cannot|closed|cut\b/i, 'warn'],
  [/cancelled/i, 'returned'],
  [/^canary.*(?<!not )died|^died/i, 'dead'],
  [/^canary.*delivered/i, 'delivered'],
  [/canary.*(settled|acknowledged)/i, 'settled'],
  [/brak|paused|full|blocks|waits|held/i, 'waiting'],
  [/returned|no queue took/i, 'returned'],
  [/^done|^ended|all (were )?settled|deleted|^following/i, 'settled'],
];

export function signOf(words: string): Shape {
  return signs.find(([pattern]) => pattern.test(words))?.[1] ?? 'replayed';
}

/** Steps that explain a bend of the line: what held it, and what let it go on. */
const marks = /^canary (?!sent)|brak|paused|target full|is full|blocks|rate|pace|interrupted|resumed/i;
const MOST_WORDS = 28;
/** Words over the chart stand at least this part of its width apart. */
const APART = 0.22;

/**
 * Marks of a chart from `from` to `to`, ms: each step that explains a bend, its words cut short at the first stop; where
 * two would run into each other the later keeps its line alone.
 */
export function marksOf(steps: readonly Step[], from: number, to: number): { at: number; label: string }[] {
  let last = Number.NEGATIVE_INFINITY;
  return steps
    .filter((step) => marks.test(step.words) && step.at >= from && step.at <= to)
    .slice(-12)
    .map((step) => {
      const far = to > from && (step.at - last) / (to - from) >= APART;
      if (far) last = step.at;
      return { at: step.at, label: far ? brief(step.words) : '' };
    });
}

function brief(words: string): string {
  const [first = ''] = words.split(/[:;,]|\. | and /);
  const text = first.charAt(0).toLowerCase() + first.slice(1);
  return text.length > MOST_WORDS ? `${text.slice(0, MOST_WORDS - 1).trimEnd()}…` : text;
}
