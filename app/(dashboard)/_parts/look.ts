/** How what needs a look is drawn. Pure; the reasons themselves come from the server. */
import type { Hue, Shape } from '@/app/_ui/hop';
import type { Attention } from '@/lib/model/live';

const SHAPES: Record<Attention['level'], Shape> = { dead: 'dead', warn: 'warn', unknown: 'unknown' };

export function shapeOf(attention: Attention): Shape {
  return SHAPES[attention.level];
}

/** The hue of its trend: dead letters in red, every other depth in slate. */
export function trendHue(attention: Attention | null): Hue {
  return attention?.code === 'dead_letters' || attention?.code === 'dead_letters_rising' ? 'dead' : 'waiting';
}
