'use client';
import { useEffect } from 'react';
import type { Hop, Journey } from '@/lib/model/journey';
import { journeyName } from '../../_parts/JourneyLine';
import { walk } from './walk';

export interface HopActs {
  select: (hop: Hop) => void;
  /** Begins or ends comparing. */
  compare: () => void;
  why: () => void;
  help: () => void;
}

/**
 * ← → ↑ ↓ Home End walk the hops, X compares, W says why, C copies the journey's ID, ? shows the keys; not while typing, in a
 * dialog, or on a control that uses those keys itself.
 */
export function useHopKeys(journey: Journey, selected: Hop | null, acts: HopActs): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        document.querySelector('dialog[open], :popover-open')
      )
        return;
      const on = event.target instanceof Element ? event.target : null;
      if (on?.closest('input, textarea, select, [contenteditable], [role=grid], [role=tab], pre')) return;
      const act = { x: acts.compare, w: acts.why, '?': acts.help }[event.key.toLowerCase()];
      if (act) {
        event.preventDefault();
        act();
        return;
      }
      if (event.key === 'c' || event.key === 'C') {
        if (!getSelection()?.toString()) void navigator.clipboard?.writeText(journeyName(journey));
        return;
      }
      const hop = walk(journey, selected, event.key);
      if (!hop) return;
      event.preventDefault();
      acts.select(hop);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [journey, selected, acts]);
}
