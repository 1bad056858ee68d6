import { cx } from '@/app/_ui/cx';
import { Panel } from '@/app/_ui/Panel';
import { Skeleton, SkeletonRows } from '@/app/_ui/Skeleton';
import { Stat, Stats } from '@/app/_ui/Stat';
import styles from './overview.module.css';

const FIGURES = ['Ready', 'Unacked', 'Publish', 'Deliver', 'Ack', 'Redeliver'];

/** The Overview's shape before its first answer. */
export function OverviewSkeleton() {
  return (
    <div>
      <div className={styles.head}>
        <h1 className="vh">Overview</h1>
        <Skeleton width={120} height={20} />
      </div>
      <div className={styles.gap}>
        <Stats>
          {FIGURES.map((label) => (
            <Stat key={label} label={label} value={<Skeleton width={56} height={16} />}>
              <Skeleton height={22} />
            </Stat>
          ))}
        </Stats>
      </div>
      <Panel title="Needs a look" className={styles.gap}>
        <SkeletonRows rows={4} label="Reading what needs a look" />
      </Panel>
      <TrendsSkeleton />
    </div>
  );
}

/** Bar, two charts beside each other, and again: as high as what will stand there. */
export function TrendsSkeleton() {
  return (
    <>
      <div className={styles.bones}>
        <Skeleton height={28} />
      </div>
      <Pair titles={['Rates', 'Depth']} height={148} />
      <Pair titles={['Messages', 'Consumers']} height={110} />
    </>
  );
}

function Pair({ titles, height }: { titles: readonly string[]; height: number }) {
  return (
    <div className={cx('grid', styles.two)}>
      {titles.map((title) => (
        <Panel key={title} title={title} pad>
          <Skeleton height={height} />
        </Panel>
      ))}
    </div>
  );
}
