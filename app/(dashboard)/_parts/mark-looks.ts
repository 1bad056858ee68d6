/** How marks on the past look, by what happened. */
import type { Shape } from '@/app/_ui/hop';
import type { MomentKind } from '@/lib/model/moment';

const shapes: Partial<Record<MomentKind, Shape>> = {
  replay: 'replayed',
  publish: 'published',
  purge: 'dead',
  'consumer came': 'delivered',
  'consumer gone': 'requeued',
  'connection gone': 'requeued',
  'alarm cleared': 'settled',
  'broker back': 'settled',
  'broker away': 'unknown',
  'alarm set': 'warn',
  'node down': 'warn',
  'node restarted': 'warn',
  'queue deleted': 'dead',
};

export function shapeOf(kind: MomentKind): Shape {
  return shapes[kind] ?? 'exchange';
}
