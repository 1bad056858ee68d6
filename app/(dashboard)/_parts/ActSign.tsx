import { Glyph } from '@/app/_ui/Glyph';
import type { Shape } from '@/app/_ui/hop';
import { Icon, type IconName } from '@/app/_ui/Icon';

const hops: [RegExp, Shape][] = [
  [/^(replay|move)$/, 'replayed'],
  [/^publish$/, 'published'],
];
const icons: [RegExp, IconName][] = [
  [/^replay pause/, 'pause'],
  [/^replay (resume|pace)/, 'play'],
  [/^replay cancel/, 'close'],
  [/^(delete|export removal|purge)/, 'delete'],
  [/^export download/, 'download'],
  [/note/, 'edit'],
];

/** The sign of an act: a hop's where messages were sent, in the hop's hue; else a plain one. */
export function ActSign({ kind }: { kind: string }) {
  const hop = hops.find(([is]) => is.test(kind))?.[1];
  if (hop) return <Glyph hop={hop} />;
  return <Icon name={icons.find(([is]) => is.test(kind))?.[1] ?? 'status'} className="t3" />;
}
