import type { Shape } from '@/app/_ui/hop';
import type { JourneyStatus } from '@/lib/model/journey';

/** What a journey's status is drawn as, wherever one is. */
export const STATUS_SHAPE: Record<JourneyStatus, Shape> = {
  'in flight': 'waiting',
  delivered: 'delivered',
  settled: 'settled',
  dead: 'dead',
  returned: 'returned',
  replayed: 'replayed',
  unknown: 'unknown',
};
