import { change } from '@/app/_ui/format';
import type { Grown } from './growth';

/** "+310 in 10 min" in red, "−3 in 10 min", "steady"; nothing where it is not known yet. */
export function Growth({ grown }: { grown: Grown | null }) {
  if (grown === null) return null;
  if (grown.by === 0) return 'steady';
  const words = `${change(grown.by)} in ${grown.minutes} min`;
  return grown.by > 0 ? <span className="dead ink">{words}</span> : words;
}
