import { cx } from './cx';
import { count } from './format';
import { hueOf, type Shape } from './hop';
import styles from './Meter.module.css';

/** A share of a whole, 0 to 1, as a small bar. The figure stands beside it; `label` says what it is a share of. */
export function MeterBar({
  share,
  label,
  width = 40,
  hue = 'waiting',
}: {
  share: number;
  label: string;
  width?: number;
  hue?: Shape;
}) {
  const value = Math.max(0, Math.min(1, share));
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers draw <meter> each in their own way
    <span
      className={cx('meter', styles.meter, hueOf(hue))}
      style={{ width }}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(value * 100)}
    >
      <span style={{ width: `${value * 100}%` }} />
    </span>
  );
}

export interface Segment {
  hop: Shape;
  label: string;
  count: number;
}

/**
 * A whole cut into outcomes, each in its hue, e.g. a replay: settled, delivered, died again, returned, waiting.
 * What is not 0 is at least 6 px wide; `waiting` is striped, since it is yet to come.
 */
export function SegmentedBar({ segments, height = 24 }: { segments: readonly Segment[]; height?: number }) {
  const shown = segments.filter((segment) => segment.count > 0);
  const spoken = shown.map((segment) => `${count(segment.count)} ${segment.label}`).join(', ');
  return (
    <div className={styles.bar} style={{ height }} role="img" aria-label={spoken || 'nothing yet'}>
      {shown.map((segment) => (
        <span
          key={segment.label}
          className={cx(hueOf(segment.hop), segment.hop === 'waiting' && styles.striped)}
          style={{ flexGrow: segment.count }}
          title={`${count(segment.count)} ${segment.label}`}
        />
      ))}
    </div>
  );
}
