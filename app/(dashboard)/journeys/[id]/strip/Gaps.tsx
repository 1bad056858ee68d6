import { cx } from '@/app/_ui/cx';
import type { Journey } from '@/lib/model/journey';
import { gapWords, isBand } from '../gap-words';
import { shorten } from './labels';
import { AXIS, LABELS, TAP } from './measures';
import styles from './strip.module.css';
import type { StripLayout } from './strip-layout';

/**
 * The tap's line, and bands in which hops may be missing, through all lanes; a wait that crosses one is dashed in it. Where
 * only a part of the broker was listened to, the line is dashed.
 */
export function Gaps({ id, journey, layout }: { id: string; journey: Journey; layout: StripLayout }) {
  const y = layout.tapY + TAP / 2;
  const end = layout.width - 14;
  let line = `M${LABELS + 14} ${y}`;
  for (const band of layout.gaps) line += `H${band.x0}M${band.x1} ${y}`;
  const partly = journey.gaps.filter((gap) => !isBand(gap));
  return (
    <>
      <path className={cx(styles.tap, partly.length > 0 && styles.partly)} d={`${line}H${end}`}>
        {partly.length > 0 ? <title>{partly.map(gapWords).join('. ')}</title> : null}
      </path>
      {layout.gaps.map((band, i) => {
        const gap = journey.gaps.find((g) => g.id === band.id);
        const wide = band.x1 - band.x0;
        const next = layout.gaps[i + 1]?.x0 ?? end;
        const words = gap ? gapWords(gap) : '';
        const after = next - band.x1 - 16;
        const before = band.x0 - (layout.gaps[i - 1]?.x1 ?? LABELS + 14) - 16;
        const right = after >= Math.min(before, words.length * 6.4);
        // a few letters of it say nothing: the hatch's title has all of it
        const text = shorten(words, right ? after : before);
        return (
          <g key={band.id}>
            <title>{words}</title>
            <rect
              x={band.x0}
              y={AXIS}
              width={wide}
              height={layout.tapY - AXIS}
              className={styles.gapGround}
            />
            <rect
              x={band.x0}
              y={AXIS}
              width={wide}
              height={layout.tapY - AXIS + 20}
              fill={`url(#${id}gap)`}
            />
            <path
              className={styles.gapEdge}
              d={`M${band.x0} ${AXIS}V${layout.tapY + 20}M${band.x1} ${AXIS}V${layout.tapY + 20}`}
            />
            {layout.waits
              .filter((w) => w.x0 < band.x1 && w.x1 > band.x0)
              .map((w) => (
                <rect
                  key={w.hop.id}
                  className={cx(styles.wait, styles.dashed)}
                  x={Math.max(w.x0, band.x0) + 1}
                  y={w.y - 3}
                  width={Math.max(2, Math.min(w.x1, band.x1) - Math.max(w.x0, band.x0) - 2)}
                  height={6}
                />
              ))}
            <text
              x={right ? band.x1 + 10 : band.x0 - 10}
              y={y + 4}
              textAnchor={right ? 'start' : 'end'}
              className={cx(styles.knock, styles.wideKnock, styles.name)}
            >
              {text === words || text.length > 24 ? text : ''}
            </text>
          </g>
        );
      })}
    </>
  );
}

/** Folded stretches lie on sunken ground between torn edges. */
export function FoldedGround({ layout }: { layout: StripLayout }) {
  return (
    <>
      {layout.axis.stretches
        .filter((s) => s.folded)
        .map((s) => (
          <g key={s.x0}>
            <rect x={s.x0} y={AXIS} width={s.x1 - s.x0} height={layout.tapY - AXIS} className={styles.fold} />
            <path className={styles.zig} d={zigzag(s.x0, AXIS, layout.tapY)} />
            <path className={styles.zig} d={zigzag(s.x1, AXIS, layout.tapY)} />
          </g>
        ))}
    </>
  );
}

function zigzag(x: number, top: number, bottom: number): string {
  let path = `M${x} ${top}`;
  for (let y = top + 7, side = 2.5; y <= bottom; y += 7, side = -side) path += `L${x + side} ${y}`;
  return path;
}
