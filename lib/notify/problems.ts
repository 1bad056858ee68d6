/** What needs a look, as problems to tell of. Pure. */
import type { Attention, LiveState } from '../model/live.ts';
import type { Problem } from '../model/notification.ts';

/** What the live picture shows at present. */
export interface Picture {
  freshness: LiveState['freshness'];
  /** When the list was read, ms since 1970; null: it never was. */
  readAt: number | null;
  /** Since when it is stale or away, ms since 1970, and why. */
  since: number | null;
  reason: string | null;
  attention: readonly Attention[];
}

/** One slow or failed reading is none: a picture is stale for so long before it is told, ms. */
const STALE_MS = 90_000;

/**
 * `level` dead: only those. What is unknown only (a queue without figures) is never told. `blind`: the broker cannot be read,
 * so the list is that of a while ago; it is left out.
 */
export function problemsOf(
  picture: Picture,
  level: Problem['level'],
  now: number,
): { seen: Problem[]; blind: boolean } {
  const told = (problem: Problem) => level === 'warn' || problem.level === 'dead';
  if (picture.freshness === 'live')
    return { seen: picture.attention.flatMap(problemOf).filter(told), blind: false };
  return { seen: unread(picture, now).filter(told), blind: true };
}

function problemOf(a: Attention): Problem[] {
  if (a.level === 'unknown') return [];
  const { code, level, vhost, queue, words, figure, since, symptoms = [] } = a;
  return [{ key: keyOf(a), code, level, vhost, queue, words, figure, since, symptoms }];
}

function unread({ freshness, since, reason }: Picture, now: number): Problem[] {
  const away = freshness === 'away';
  if (!away && (since === null || now - since < STALE_MS)) return [];
  const code = away ? 'broker_away' : 'broker_unread';
  return [
    {
      // refused at first, then away, is one story
      key: 'broker',
      code,
      level: away ? 'dead' : 'warn',
      vhost: '',
      queue: '',
      words: `${away ? 'The broker does not answer' : 'The broker cannot be read'}: ${reason ?? 'the reason is not known.'} What needs a look there is not known meanwhile.`,
      figure: '',
      since,
      symptoms: [],
    },
  ];
}

/**
 * Rising dead letters and lying ones are one story. Of what is about the broker there may be several of one code, told apart
 * by their node, else by their words, whose figures change while it is the same problem; digits of a name do not.
 */
function keyOf({ code, vhost, queue, node, words }: Attention): string {
  const story = code === 'dead_letters_rising' ? 'dead_letters' : code;
  const about = queue === '' ? [node ?? words.replace(/(?<![\w@.-])\d[\d.,]*(?![\w@-])/g, '#')] : [];
  return JSON.stringify([story, vhost, queue, ...about]);
}
