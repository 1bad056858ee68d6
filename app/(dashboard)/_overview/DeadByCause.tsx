'use client';
import { useLive } from '@/app/_live/LiveProvider';
import { useHref } from '@/app/_live/scope';
import { cx } from '@/app/_ui/cx';
import { count, counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import { Bars } from '@/app/_ui/Spark';
import { Time } from '@/app/_ui/Time';
import { Unknown } from '@/app/_ui/Unknown';
import type { Overview } from '@/lib/model/api';
import { QueueName } from '../_parts/QueueName';
import { reasonWords } from '../_parts/reason';
import styles from './overview.module.css';

type DeadLetters = Overview['deadLetters'];

/** Dead letters grouped by origin, reason and error; on a phone a line each. */
export function DeadByCause({ deadLetters }: { deadLetters: DeadLetters }) {
  const href = useHref();
  const { causes, total } = deadLetters;
  // the broker counts those too that this user may not read
  const lying = useLive()?.deadLetters ?? 0;
  return (
    <Panel
      title="Dead letters by cause"
      count={total === null ? <Unknown reason="the dead-letter queues could not be read" /> : count(total)}
      more="Open Dead letters"
      moreHref={href('/dead-letters')}
    >
      {causes.length === 0 ? (
        <p className={styles.calm}>
          {total === 0 && lying > 0 ? (
            `${counted(lying, 'message')} ${lying === 1 ? 'lies' : 'lie'} in dead-letter queues that you may not read.`
          ) : total === 0 ? (
            <>
              <Glyph hop="settled" />
              No dead letter lies in any queue.
            </>
          ) : (
            'The causes are not known yet: open Dead letters to read them.'
          )}
        </p>
      ) : (
        <>
          <div className="wide">
            <CauseTable causes={causes.slice(0, 5)} />
          </div>
          <ul className="phone">
            {causes.slice(0, 5).map((cause) => (
              <li key={`${cause.queue} ${cause.key}`} className={cx('li', styles.look)}>
                <Glyph hop="dead" />
                <Origin cause={cause} className={styles.lookName} />
                <span className={styles.why}>
                  {cause.originQueue === '' ? 'put here' : reasonWords(cause.reason)}
                  {cause.error ? `, ${cause.error}` : ''}
                </span>
                <span className={cx('num t1', styles.figure)}>{count(cause.count)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

/** Where they died; of those that were put into a dead-letter queue by hand, that they never did. */
function Origin({ cause, className }: { cause: DeadLetters['causes'][number]; className?: string }) {
  return cause.originQueue === '' ? (
    <span className={cx('t3 cut', className)} title="they carry no x-death: put here without having died">
      no x-death
    </span>
  ) : (
    <QueueName vhost={cause.vhost} name={cause.originQueue} className={className} />
  );
}

function CauseTable({ causes }: { causes: DeadLetters['causes'] }) {
  return (
    <table className={styles.causes}>
      <thead>
        <tr>
          <th>Origin</th>
          <th>Reason</th>
          <th>Error</th>
          <th>Last seen</th>
          <th>Trend</th>
          <th className="num">Messages</th>
        </tr>
      </thead>
      <tbody>
        {causes.map((cause) => (
          <tr key={`${cause.queue} ${cause.key}`}>
            <td>
              <Origin cause={cause} />
            </td>
            <td>
              <span className="row">
                <Glyph hop="dead" />
                {cause.originQueue === '' ? 'put here' : reasonWords(cause.reason)}
              </span>
            </td>
            <td className={cx(styles.error, cause.error ? 't1' : 't3')}>{cause.error ?? 'none given'}</td>
            <td className="s t3">
              {cause.lastAt === null ? <Unknown reason="no time was seen" /> : <Time at={cause.lastAt} />}
            </td>
            <td>{cause.trend.length > 1 ? <Bars values={cause.trend} /> : null}</td>
            <td className="num t1">{count(cause.count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
