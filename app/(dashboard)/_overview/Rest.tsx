'use client';
import { useHref } from '@/app/_live/scope';
import { cx } from '@/app/_ui/cx';
import { Panel } from '@/app/_ui/Panel';
import type { Overview } from '@/lib/model/api';
import { JourneyLine } from '../_parts/JourneyLine';
import { Acts } from './Acts';
import { DeadByCause } from './DeadByCause';
import styles from './overview.module.css';
import { Trends } from './Trends';
import { scoped } from './view';

/** What stands under the figures and the reasons: how it went, what died, who did what. */
export function Rest({ all, vhost }: { all: Overview; vhost: string | null }) {
  const href = useHref();
  const overview = scoped(all, vhost);
  return (
    <>
      <Trends vhost={vhost} recent={all.history} topQueues={overview.topQueues.slice(0, 5)} />
      <div className={cx('grid', styles.two)}>
        <DeadByCause deadLetters={overview.deadLetters} />
        <Panel
          title="Recent journeys that died"
          more="Open in Journeys"
          moreHref={href('/journeys?status=dead')}
        >
          {overview.died.length === 0 ? (
            <p className={styles.calm}>
              None was seen to die. What the tap sees from now on would stand here.
            </p>
          ) : (
            <ul>
              {overview.died.slice(0, 5).map((journey) => (
                <JourneyLine key={journey.id} journey={journey} />
              ))}
            </ul>
          )}
        </Panel>
      </div>
      <Acts acts={all.acts} />
    </>
  );
}
