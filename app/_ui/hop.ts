/**
 * The hues of hops, one a meaning, the same in glyphs, badges, charts and bars.
 * Each is a global class that sets --c (mark), --ct (text), --cb (tint) and --cl (tint's edge).
 */
export const HUES = [
  'published',
  'waiting',
  'delivered',
  'settled',
  'returned',
  'dead',
  'replayed',
  'unknown',
] as const;
export type Hue = (typeof HUES)[number];

/** The shapes of hops. `warn` is a triangle in amber: something to look at, not a hop. */
export type Shape = Hue | 'exchange' | 'requeued' | 'warn';

const BORROWED: Record<Exclude<Shape, Hue>, Hue> = {
  exchange: 'published',
  requeued: 'waiting',
  warn: 'returned',
};

/** The hue in which a shape is drawn: its own, or that of the hop it belongs to. */
export function hueOf(shape: Shape): Hue {
  return shape === 'exchange' || shape === 'requeued' || shape === 'warn' ? BORROWED[shape] : shape;
}
