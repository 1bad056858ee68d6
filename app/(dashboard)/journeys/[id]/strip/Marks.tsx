import { cx } from '@/app/_ui/cx';
import { duration } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { shapeOf } from '../hop-words';
import type { Node } from './measures';
import styles from './strip.module.css';
import type { FoldBar } from './strip-layout';

/** One hop's sign; a publish with its exchange beside it, a triangle where the broker told why something happened. */
export function Mark({
  node,
  chosen,
  other,
  words,
}: {
  node: Node;
  chosen: boolean;
  other: boolean;
  words: string;
}) {
  const { hop, x, y, out } = node;
  return (
    <>
      <title>{words}</title>
      {hop.kind === 'publish' ? (
        <>
          <path className={cx(styles.edge, styles.plain)} d={`M${x} ${y}H${out}`} />
          <Glyph hop="exchange" size={20} x={out - 10} y={y - 10} />
        </>
      ) : null}
      {chosen || other ? (
        <circle className={cx(styles.ring, other && styles.otherRing)} cx={x} cy={y} r={13} />
      ) : null}
      <circle className={styles.target} cx={x} cy={y} r={13} />
      <Glyph
        hop={shapeOf(hop)}
        mode={hop.provenance === 'inferred' ? 'inferred' : 'solid'}
        size={20}
        x={x - 10}
        y={y - 10}
      />
      {hop.events.length > 0 ? <Glyph hop="warn" size={13} x={x + 5} y={y - 19} /> : null}
    </>
  );
}

/** Equal branches in one lane: from the first to the last that ended so. */
export function FoldedBranches({ id, bar, onUnfold }: { id: string; bar: FoldBar; onUnfold: () => void }) {
  const { fold, x0, x1, y } = bar;
  const over =
    fold.firstAt !== null && fold.lastAt !== null && fold.lastAt > fold.firstAt
      ? ` within ${duration(fold.lastAt - fold.firstAt)}`
      : '';
  const shape =
    fold.words === 'all delivered' ? 'delivered' : fold.words === 'all settled' ? 'settled' : 'waiting';
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a larger place to click beside that name
    <g onClick={onUnfold} className={styles.hit}>
      <title>{fold.rows.map((r) => r.name).join(', ')}</title>
      {bar.path ? (
        <path className={cx(styles.edge, styles.plain)} d={bar.path} markerEnd={`url(#${id}arrow)`} />
      ) : null}
      <rect
        className={cx(styles.span, shape === 'waiting' && styles.waitTint)}
        x={x0}
        y={y - 8}
        width={x1 - x0}
        height={16}
        rx={8}
      />
      <Glyph hop={shape} size={20} x={x0 - 10} y={y - 10} />
      <Glyph hop={shape} size={20} x={x1 - 10} y={y - 10} />
      <text x={x1 + 16} y={y + 4} className={cx(styles.knock, styles.plain)}>
        {fold.words}
        {over}
      </text>
    </g>
  );
}
