'use client';
import { useRouter } from 'next/navigation';
import { useCallback, useMemo } from 'react';
import { useHref } from '@/app/_live/scope';
import { VirtualTable } from '@/app/_ui/VirtualTable';
import type { JourneySummary } from '@/lib/model/journey';
import { askedOf, type Question } from '../_parts/find/question';
import { columnsFor, phoneRow } from './columns';

/**
 * Journeys as rows. They hold still under the pointer; `onHeld` tells how many wait. `view`: the question that they answer;
 * with another one they begin anew, also under the pointer.
 */
export function Rows({
  rows,
  view,
  question,
  onHeld,
  stale,
}: {
  rows: readonly JourneySummary[];
  view: string;
  question: Question;
  onHeld?: (fresh: number | null) => void;
  stale?: boolean;
}) {
  const router = useRouter();
  const href = useHref();
  const find = question.q || (askedOf(question, 'text') ?? '');
  const columns = useMemo(() => columnsFor(find), [find]);
  const open = useCallback(
    (j: JourneySummary) => router.push(href(`/journeys/${encodeURIComponent(j.id)}`)),
    [router, href],
  );
  return (
    <VirtualTable
      label="Journeys"
      columns={columns}
      rows={rows}
      keyOf={keyOf}
      onOpen={open}
      phone={phoneRow}
      phoneHeight={56}
      hold={view}
      onHeld={onHeld}
      stale={stale}
    />
  );
}

function keyOf(journey: JourneySummary): string {
  return journey.id;
}
