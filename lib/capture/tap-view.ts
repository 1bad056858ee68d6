/** How far a vhost is listened to at this moment, for those who wait to hear of certain messages. */
import type { Capture } from './capture.ts';
import { hearsDeliveries, planScope } from './scope.ts';
import { samplingHides } from './settings.ts';

export interface TapView {
  /** Deliveries out of this queue are heard. */
  hears: (queue: string) => boolean;
  /** Dead letters through this exchange are seen. */
  seesDeaths: (exchange: string) => boolean;
  /** Why not all is heard, in words; null when it is. */
  hides: string | null;
}

/** Null: not at all, and nobody said why. `keys`: HOPLIGHT_TAP_KEYS. */
export function tapView(
  capture: Pick<Capture, 'status' | 'settings'>,
  keys: readonly string[],
  vhost: string,
): TapView | null {
  const tap = capture.status().taps.find((one) => one.vhost === vhost);
  if (!tap) return null;
  const on = tap.state === 'on';
  const { scopes, sampling } = capture.settings();
  const chosen = scopes[vhost] !== undefined;
  const scope = planScope(scopes[vhost], keys);
  const all = hearsDeliveries(undefined, keys);
  const tapped = new Set(tap.deadLetterExchanges.filter((e) => e.tapped).map((e) => e.exchange));
  return {
    hears: (queue) =>
      on && (chosen ? scope.takes(`deliver.${queue}`) : all || keys.includes(`deliver.${queue}`)),
    seesDeaths: (exchange) => on && tapped.has(exchange),
    hides: on ? (scope.hides ?? samplingHides(sampling)) : tap.words,
  };
}
