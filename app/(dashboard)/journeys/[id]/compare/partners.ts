/** With which hops one can be compared: those that carry a message, the likeliest first. Pure. */
import type { Hop, Journey } from '@/lib/model/journey';
import type { Message } from '@/lib/model/message';

/** The message of the hop: its own, else of the nearest hop that led here, else of one that this led to. */
export function carrierOf(hop: Hop, journey: Journey): Hop | null {
  if (hop.message) return hop;
  const before = journey.hops.find((h) => hop.from.includes(h.id) && h.message);
  return before ?? journey.hops.find((h) => h.from.includes(hop.id) && h.message) ?? null;
}

export function messageOf(hop: Hop, journey: Journey): Message | null {
  return carrierOf(hop, journey)?.message ?? null;
}

/** Deliveries of the same queue first, then of any queue, then the rest; of each the nearest before this one first. */
export function partnersOf(hop: Hop, journey: Journey): Hop[] {
  const { hops } = journey;
  const places = new Map(hops.map((h, i) => [h, i]));
  const at = places.get(hop) ?? 0;
  const far = (other: Hop) => {
    const by = (places.get(other) ?? 0) - at;
    return by < 0 ? -by : by + hops.length;
  };
  const like = (other: Hop) =>
    (other.kind === hop.kind ? 0 : other.kind === 'delivery' ? 2 : 3) + (other.queue === hop.queue ? 0 : 1);
  return hops
    .filter((other) => other !== hop && other.message !== null)
    .sort((a, b) => like(a) - like(b) || far(a) - far(b));
}
