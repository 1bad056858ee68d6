/** Parts of a receipt that can be looked at, each with how many are in it. Pure. */
import { count } from '@/app/_ui/format';
import type { ReplayAct, ReplayCounts, ReplayOutcome } from '@/lib/model/replay';
import { failedOf, failedOutcomes, openOutcomes } from '../../_parts/replay-outcomes';

export interface View {
  /** In the URL. */
  key: string;
  label: string;
  count: number;
  /** null: all of them. */
  outcomes: readonly ReplayOutcome[] | null;
  twice?: boolean;
}

const singles: [ReplayOutcome, keyof ReplayCounts][] = [
  ['died again', 'diedAgain'],
  ['returned', 'returned'],
  ['skipped', 'skipped'],
  ['unknown', 'unknown'],
  ['confirmed', 'confirmed'],
  ['delivered', 'delivered'],
  ['settled', 'settled'],
  ['deleted', 'deleted'],
  ['waiting', 'waiting'],
];

/** The first is what a reader looks for: those that did not make it. Empty ones are left out, but for the first and all. */
export function viewsOf(c: ReplayCounts, act: ReplayAct): View[] {
  const views: View[] = [
    {
      key: 'failed',
      label: act === 'replay' ? 'Did not make it' : 'Stayed or not known',
      count: failedOf(c),
      outcomes: failedOutcomes,
    },
    ...(act === 'replay'
      ? [{ key: 'open', label: 'Not yet known', count: c.confirmed + c.delivered, outcomes: openOutcomes }]
      : []),
    { key: 'twice', label: 'Possibly sent twice', count: c.possiblyDuplicated, outcomes: null, twice: true },
    ...singles.map(
      ([outcome, field]): View => ({
        key: outcome.replace(' ', '-'),
        label: outcome.charAt(0).toUpperCase() + outcome.slice(1),
        count: c[field],
        outcomes: [outcome],
      }),
    ),
    { key: 'all', label: 'All outcomes', count: c.selected, outcomes: null },
  ];
  return views.filter((v) => v.count > 0 || v.key === 'failed' || v.key === 'all');
}

/** The view that the URL names; the first when there is none of that name, or none in it any more. */
export function viewOf(views: readonly View[], key: string | null): View | undefined {
  return views.find((v) => v.key === key) ?? views[0];
}

/** Rows of one page. */
export const PAGE = 200;

export function rowsUrl(id: string, view: View, offset: number): string {
  const query = new URLSearchParams({ limit: String(PAGE), offset: String(offset) });
  if (view.outcomes) query.set('outcomes', view.outcomes.join(','));
  if (view.twice) query.set('twice', 'possibly');
  return `/api/replays/${encodeURIComponent(id)}/messages?${query}`;
}

/** "201 to 400 of 1,102". */
export function pageWords(offset: number, rows: number, total: number): string {
  return `${count(offset + 1)} to ${count(offset + rows)} of ${count(Math.max(total, offset + rows))}`;
}
