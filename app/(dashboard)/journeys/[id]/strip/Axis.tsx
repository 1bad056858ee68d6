import { cx } from '@/app/_ui/cx';
import { clockMs, duration } from '@/app/_ui/format';
import { shorten } from './labels';
import { AXIS, LABELS, type Node } from './measures';
import styles from './strip.module.css';
import type { StripLayout } from './strip-layout';
import { ticksOf } from './time-axis';
import { axisTimes, pillText } from './time-words';

/** Brackets say how long each stretch is, ticks the time; the selected hop's own time stands in place of ticks. */
export function Axis({ layout, chosen }: { layout: StripLayout; chosen: Node | null }) {
  const wide = layout.width - LABELS;
  const hidden = chosen && chosen.hop.at !== null ? chosen.x : null;
  const covered = (x: number, first: boolean) => coveredBy(hidden, x, first);
  return (
    <svg
      className={cx(styles.strip, styles.axis)}
      width={wide}
      height={AXIS}
      viewBox={`${LABELS} 0 ${wide} ${AXIS}`}
      aria-hidden="true"
    >
      {layout.axis.stretches.map((s) => {
        const a = s.x0 + (s.x0 === layout.axis.xs[0] ? -16 : 3);
        const b = s.x1 - 3;
        const words = `${duration(s.toAt - s.fromAt)}${s.folded ? ', folded' : ''}`;
        const text = shorten(words, b - a + 4) || (b - a > 40 ? duration(s.toAt - s.fromAt) : '');
        return (
          <g key={s.x0}>
            <path className={styles.bracket} d={`M${a} 19V14H${b}V19`} />
            <text
              x={(a + b) / 2}
              y={18}
              textAnchor="middle"
              className={cx(styles.knock, styles.wideKnock, styles.plain)}
            >
              {text}
            </text>
          </g>
        );
      })}
      {ticksOf(layout.axis, axisTimes).map((tick) => (
        <g key={tick.at}>
          <path className={styles.bracket} d={`M${tick.x} 43V${AXIS}`} />
          {covered(tick.x, tick.first) ? null : (
            <text
              x={tick.first ? tick.x - 19 : tick.x}
              y={38}
              textAnchor={tick.first ? 'start' : 'middle'}
              className={styles.plain}
            >
              {tick.text}
            </text>
          )}
        </g>
      ))}
      <path className={styles.hair} d={`M${LABELS} ${AXIS - 0.5}H${layout.width}`} />
      {chosen && chosen.hop.at !== null ? (
        <Pill x={chosen.x} at={chosen.hop.at} full={covered(layout.axis.xs[0] ?? 0, true)} />
      ) : null}
    </svg>
  );
}

/** Whether the pill at `pill` takes the place of the label of the tick at `x`. */
function coveredBy(pill: number | null, x: number, first: boolean): boolean {
  return pill !== null && Math.abs(x + (first ? 22 : 0) - pill) < (first ? 72 : 52);
}

/** The selected hop's time; `full` where it hides the only label that says the hour. */
function Pill({ x: at0, at, full }: { x: number; at: number; full: boolean }) {
  const text = full ? clockMs(at) : pillText(at);
  const wide = text.length * 7 + 10;
  const x = Math.max(at0, LABELS + wide / 2 + 4);
  return (
    <g>
      <rect x={x - wide / 2} y={26} width={wide} height={18} rx={4} className={styles.pill} />
      <text x={x} y={39} textAnchor="middle" className={styles.pillText}>
        {text}
      </text>
    </g>
  );
}
