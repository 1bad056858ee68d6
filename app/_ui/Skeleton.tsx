import { cx } from './cx';
import styles from './Skeleton.module.css';

/** A grey stand-in of the final size while the first answer is on its way. `width` in px or a percentage. */
export function Skeleton({
  width = '100%',
  height = 12,
  className,
}: {
  width?: number | string;
  height?: number;
  className?: string;
}) {
  return <span className={cx(styles.bone, className)} style={{ width, height }} aria-hidden="true" />;
}

/** Rows of a list or table to come. Lengths vary, always in the same way, so that nothing flickers. */
export function SkeletonRows({
  rows = 6,
  label,
}: {
  rows?: number;
  /** What is being read, for screen readers, e.g. "Reading queues". */
  label: string;
}) {
  return (
    <div role="status">
      <span className="vh">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
        <div key={row} className={styles.row} aria-hidden="true">
          <Skeleton width={16} height={16} />
          <Skeleton width={`${14 + ((row * 7) % 12)}%`} />
          <Skeleton width={`${30 + ((row * 11) % 22)}%`} />
          <span className="grow" />
          <Skeleton width={48} />
        </div>
      ))}
    </div>
  );
}
