'use client';
import { useSyncExternalStore } from 'react';

const never = () => () => {};

/**
 * False while the server's markup is taken over, then true. A part of the page may be taken over after the first live
 * event has come; it must still begin with what the server drew, which knew of no data.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
