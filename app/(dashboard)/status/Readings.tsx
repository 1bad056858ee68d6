'use client';
import { useNow } from '@/app/_ui/clock';
import { duration } from '@/app/_ui/format';
import { Panel } from '@/app/_ui/Panel';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import { TimeAgo } from '@/app/_ui/Time';
import { Unknown } from '@/app/_ui/Unknown';
import type { LiveState } from '@/lib/model/live';
import { paceWords } from '../_parts/reading-age';
import styles from './status.module.css';
import { unreadWords } from './words';

/** What is asked of the broker for all viewers together: from where, how old the answer is, what it costs the broker. */
export function Readings({ live }: { live: Pick<LiveState, 'readings' | 'status'> | null }) {
  const now = useNow();
  // what the account may not see was answered all the same, with too little
  const unread = new Set(live?.status.missing.map((m) => m.what));
  return (
    <Panel title="What is read" hint="once for all viewers">
      {live === null || now === null ? (
        <SkeletonRows rows={7} label="Reading how it is read" />
      ) : live.readings.length === 0 ? (
        <p className={styles.foot}>Nothing was read of the broker yet.</p>
      ) : (
        <table className={styles.readings}>
          <thead>
            <tr>
              <th scope="col">What, and where from</th>
              <th scope="col" className="num">
                Age
              </th>
              <th scope="col" className="num" title="How long the broker needed for its last answer">
                Took
              </th>
              <th scope="col" className="num wide" title="Longer where an answer takes the broker long">
                Pace
              </th>
            </tr>
          </thead>
          <tbody>
            {live.readings.map((r) => (
              <tr key={r.what}>
                <th scope="row">
                  <span className="t1">{r.what}</span>
                  <span className="s t3">{r.from}</span>
                </th>
                <td className="num t1 nw">
                  {r.what === 'details' && r.readAt === null ? (
                    // read for those who look
                    <span className="t3" title="Nobody has a queue open, or none of those was answered yet">
                      –
                    </span>
                  ) : r.readAt === null || unread.has(r.what) ? (
                    <Unknown reason={unreadWords(live.status.missing, r.what)} />
                  ) : (
                    <TimeAgo at={r.readAt} />
                  )}
                </td>
                <td className="num nw">{r.readAt === null ? '–' : duration(r.tookMs)}</td>
                <td className="num t3 nw wide">{paceWords(r.everyMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
