/** What the jump dialog offers for a text. Pure. */
import { queuePath } from '@/app/_live/scope';
import type { IconName } from '@/app/_ui/Icon';
import type { QueueRow } from '@/lib/model/live';
import { readTyped } from '../_parts/find/filter-text';
import { paramsWith } from '../_parts/find/question';
import { SCREENS } from './screens';

export interface Goal {
  kind: 'screen' | 'queue' | 'id' | 'search';
  text: string;
  hint: string;
  path: string;
  icon: IconName;
  messages?: number;
}

const MOST = 12;

/** Could this be an ID? One word, at least six characters, with a digit in it or long: what no one types as a search. */
export function looksLikeId(text: string): boolean {
  return /^\S{6,512}$/.test(text) && (/\d/.test(text) || text.length > 20);
}

/** How well a name fits: 0 equal, 1 begins, 2 a part begins (after . _ - /), 3 contains, null not at all. */
export function rankOf(name: string, text: string): number | null {
  const at = name.toLowerCase().indexOf(text);
  if (at < 0) return null;
  if (at === 0) return name.length === text.length ? 0 : 1;
  return /[._\-/:]/.test(name.charAt(at - 1)) ? 2 : 3;
}

/** A text with conditions in it (`queue:billing timeout`) is a search of journeys; null for one without. */
function searchFor(text: string): Goal | null {
  const { conditions, bare } = readTyped(text, true, Date.now());
  if (conditions.length === 0) return null;
  const params = paramsWith(new URLSearchParams(), { q: bare, conditions });
  return { kind: 'search', text, hint: 'find journeys', path: `/journeys?${params}`, icon: 'journeys' };
}

/** Queues by fit, then by depth; then screens; last, any text may be an ID. Without text: the screens. */
export function goalsFor(typed: string, queues: readonly QueueRow[]): Goal[] {
  const text = typed.trim();
  const low = text.toLowerCase();
  const screens = SCREENS.filter((s) => s.name.toLowerCase().includes(low)).map(
    (s): Goal => ({ kind: 'screen', text: s.name, hint: 'screen', path: s.path, icon: s.icon }),
  );
  if (!text) return screens;
  const found: { rank: number; queue: QueueRow }[] = [];
  for (const queue of queues) {
    const rank = rankOf(queue.name, low);
    if (rank !== null) found.push({ rank, queue });
  }
  found.sort((a, b) => a.rank - b.rank || (b.queue.total ?? -1) - (a.queue.total ?? -1));
  const goals = found.slice(0, MOST).map(
    ({ queue }): Goal => ({
      kind: 'queue',
      text: queue.name,
      hint: queue.vhost,
      path: queuePath(queue.vhost, queue.name),
      icon: 'queues',
      ...(queue.total === null ? {} : { messages: queue.total }),
    }),
  );
  const id: Goal = {
    kind: 'id',
    text,
    hint: 'find its journey: any ID',
    path: `/journeys?q=${encodeURIComponent(text)}`,
    icon: 'journeys',
  };
  const asked = searchFor(text);
  if (asked) return [asked, ...goals];
  const exact = found[0]?.rank === 0;
  return looksLikeId(text) && !exact ? [id, ...goals, ...screens] : [...goals, ...screens, id];
}
