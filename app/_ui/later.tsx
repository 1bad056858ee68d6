'use client';
import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { Problem } from './Problem';

/** A part whose code comes later; `ahead` fetches it before it is drawn, and is quiet when that fails. */
export type Later<Props> = ((props: Props) => ReactNode) & { ahead: () => void };

/**
 * A part that is not needed at first sight: its code is loaded when it is first drawn, or `ahead` of that. Until then
 * `meanwhile` stands in its place. Draw it in the browser only, after something was opened or read. Call this once for
 * each part, outside of components. Not React's `lazy`: that holds even a part that is there back for up to 300 ms, in
 * which the first keys that are typed into a dialog would be lost.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile: (props: Props) => ReactNode = () => null,
): Later<Props> {
  let known: ComponentType<Props> | null = null;
  const get = async (): Promise<ComponentType<Props>> => {
    try {
      known = await load();
      return known;
    } catch {
      return NotLoaded; // not kept: tried again when it is opened again
    }
  };
  // biome-ignore lint/correctness/noComponentHookFactories: made once, when the module is loaded
  function Part(props: Props) {
    const [Loaded, setLoaded] = useState(() => known);
    useEffect(() => {
      if (!Loaded) void get().then((part) => setLoaded(() => part));
    }, [Loaded]);
    return Loaded ? <Loaded {...props} /> : meanwhile(props);
  }
  return Object.assign(Part, { ahead: () => void get() });
}

/** The server is gone, or is of a newer build and has the part no more. */
function NotLoaded() {
  return (
    <Problem
      problem={{
        detail: 'This part of the page could not be loaded',
        next: 'Load the page again when Hoplight answers',
      }}
    />
  );
}
