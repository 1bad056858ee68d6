/** What the list is asked for, between the page's URL and the API's. Pure. */
import type { JourneyStatus } from '@/lib/model/journey';
import { journeyStatuses } from '@/lib/model/names';

export interface Question {
  q?: string;
  status?: JourneyStatus;
  queue?: string;
  vhost?: string;
}

export const PAGE = 100;

/** Unknown statuses and empty values count as not asked. */
export function questionOf(params: Pick<URLSearchParams, 'get'>, vhost: string | null): Question {
  const q = params.get('q')?.trim();
  const status = journeyStatuses.find((s) => s === params.get('status'));
  const queue = params.get('queue');
  return {
    ...(q ? { q } : {}),
    ...(status ? { status } : {}),
    ...(queue ? { queue } : {}),
    ...(vhost ? { vhost } : {}),
  };
}

/** As the API takes it, always in the same order, so that it can key a cache. */
export function queryText(question: Question, cursor?: string): string {
  const params = new URLSearchParams({ ...question, limit: String(PAGE) });
  if (cursor !== undefined) params.set('cursor', cursor);
  params.sort();
  return params.toString();
}

/** The first page and those read after it, each journey once, where it stands newest. */
export function joinPages<T extends { id: string }>(first: readonly T[], older: readonly T[]): T[] {
  const seen = new Set(first.map((j) => j.id));
  return [...first, ...older.filter((j) => !seen.has(j.id) && seen.add(j.id))];
}
