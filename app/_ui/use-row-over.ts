'use client';
import { type RefObject, useEffect } from 'react';

/**
 * Marks the row under the pointer with `data-over`. Not `:hover`: rows that are scrolled under a pointer that rests would be
 * painted anew in every frame, a third of what a frame costs. When the scrolling ends the mark is set right.
 */
export function useRowOver(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const body = list.current;
    if (!body) return;
    let marked: Element | null = null;
    const mark = (row: Element | null) => {
      if (row === marked) return;
      marked?.removeAttribute('data-over');
      row?.setAttribute('data-over', '');
      marked = row;
    };
    const moved = ({ pointerType, target }: PointerEvent) => {
      if (pointerType !== 'touch' && target instanceof Element) mark(target.closest('[role=row]'));
    };
    const left = () => mark(null);
    const still = () => {
      if (marked) mark(body.querySelector('[role=row]:hover'));
    };
    body.addEventListener('pointermove', moved, { passive: true });
    body.addEventListener('pointerleave', left);
    addEventListener('scrollend', still);
    return () => {
      body.removeEventListener('pointermove', moved);
      body.removeEventListener('pointerleave', left);
      removeEventListener('scrollend', still);
      left();
    };
  }, [list]);
}
