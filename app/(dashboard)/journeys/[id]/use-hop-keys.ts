'use client';
import { useEffect } from 'react';
import type { Hop, Journey } from '@/lib/model/journey';
import { journeyName } from '../../_parts/JourneyLine';
import { walk } from './walk';

/** ← → ↑ ↓ walk the hops, C copies the journey's ID; not while typing, in a dialog, or on a control that uses arrows. */
export function useHopKeys(journey: Journey, selected: Hop | null, select: (hop: Hop) => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
      const on = event.target instanceof Element ? event.target : null;
      if (on?.closest('input, textarea, select, [contenteditable], [role=grid], [role=tab], pre')) return;
      if (event.key === 'c' || event.key === 'C') {
        if (!getSelection()?.toString()) void navigator.clipboard?.writeText(journeyName(journey));
        return;
      }
      const hop = walk(journey, selected, event.key);
      if (!hop || event.key === 'Home' || event.key === 'End') return;
      event.preventDefault();
      select(hop);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [journey, selected, select]);
}
