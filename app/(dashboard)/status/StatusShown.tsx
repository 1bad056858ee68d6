'use client';
import { useLive } from '@/app/_live/LiveProvider';
import { useNow } from '@/app/_ui/clock';
import { Panel } from '@/app/_ui/Panel';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import type { CaptureAnswer } from '@/lib/model/api';
import { StatusList } from '../_parts/StatusList';
import { fullStatus } from '../_parts/status-words';
import { Costs } from './Costs';
import { Kept } from './Kept';
import { Listening } from './Listening';
import { Notifications } from './Notifications';
import { Readings } from './Readings';
import { Redaction } from './Redaction';
import { Store } from './Store';
import styles from './status.module.css';
import { Whole } from './Whole';

/** The status as it was read last. */
export function StatusShown({ data }: { data: CaptureAnswer }) {
  const live = useLive();
  const now = useNow();
  return (
    <div className={styles.page}>
      <Whole counts={data.counts} deaf={data.taps.every((tap) => tap.state !== 'on')} />
      <div className={styles.column}>
        <Costs data={data} />
        <Listening data={data} />
        <Readings live={live} />
        <Store data={data} />
      </div>
      <div className={styles.column}>
        <Panel title="Parts">
          {live && now !== null ? (
            <div className={styles.parts}>
              <StatusList lines={fullStatus(live, now)} />
            </div>
          ) : (
            <SkeletonRows rows={4} label="Reading the parts" />
          )}
        </Panel>
        <Notifications status={live?.status.notifications} mayTest={data.mayChange} />
        <Kept data={data} />
        <Redaction rules={data.redaction} />
      </div>
    </div>
  );
}
