'use client';
import { Check } from '@/app/_ui/Check';
import { cx } from '@/app/_ui/cx';
import { count } from '@/app/_ui/format';
import { Source } from '@/app/_ui/Source';
import { Bars } from '@/app/_ui/Spark';
import { Time } from '@/app/_ui/Time';
import { Unknown } from '@/app/_ui/Unknown';
import type { DeadLetterPage } from '@/lib/model/api';
import type { Cause } from '@/lib/model/death';
import type { DeadLetterQueue } from '@/lib/model/replay';
import { reasonWords } from '../_parts/reason';
import styles from './dead-letters.module.css';
import { type Choice, hasCause } from './selection';

/** Why the messages died, as groups to choose, with how that is known. */
export function CauseList({
  queue,
  causes,
  page,
  choice,
  onToggle,
}: {
  queue: DeadLetterQueue;
  causes: readonly Cause[];
  page: DeadLetterPage | null;
  choice: Choice;
  onToggle: (key: string) => void;
}) {
  return (
    <section aria-label="Causes">
      <div className={styles.tableHead}>
        <h2>Causes</h2>
        {causes.length > 0 ? <span className="t3">{count(causes.length)}</span> : null}
      </div>
      {causes.length > 0 ? (
        <ul className={styles.causes}>
          {causes.map((cause) => (
            <CauseItem
              key={cause.key}
              cause={cause}
              on={hasCause(choice, cause.key)}
              onToggle={() => onToggle(cause.key)}
            />
          ))}
        </ul>
      ) : (
        <p className={styles.line}>
          {queue.messages === 0 ? (
            <span className="t3">None: the queue is empty.</span>
          ) : (
            <Unknown
              word="not known"
              reason={queue.causesNote ?? 'the messages were not read yet'}
              showReason
            />
          )}
        </p>
      )}
      <p className="s t3">{page?.reading.words ?? queue.reading.words}</p>
      {causes.length > 0 ? <HowKnown queue={queue} page={page} /> : null}
    </section>
  );
}

function CauseItem({ cause, on, onToggle }: { cause: Cause; on: boolean; onToggle: () => void }) {
  const { firstAt, lastAt } = cause;
  const never = cause.reason === 'none';
  return (
    <li className={cx(styles.cause, on && styles.on)}>
      <Check
        checked={on}
        onChange={onToggle}
        label={`${cause.originQueue || 'no origin'} ${reasonWords(cause.reason)} ${cause.error ?? ''}, ${count(cause.count)} messages`}
      />
      <span className="grow">
        <span className="row">
          <b className="mono cut">{never ? 'no x-death' : cause.originQueue}</b>
          <span className="t3 nw">{never ? '' : reasonWords(cause.reason)}</span>
          <span className="grow" />
          <b>{count(cause.count)}</b>
        </span>
        <span className="row">
          <span className={cx('grow wrap', cause.error ? 'dead ink' : 't3')}>
            {cause.error ?? (never ? 'put here without having died' : 'no error header')}
          </span>
          {cause.trend.length > 1 ? <Bars values={cause.trend} width={48} height={14} /> : null}
        </span>
        <span className="s t3">
          {firstAt === null || lastAt === null ? (
            'when is not known'
          ) : (
            <>
              <Time at={firstAt} />
              {lastAt > firstAt ? (
                <>
                  {' to '}
                  <Time at={lastAt} />
                </>
              ) : null}
            </>
          )}
        </span>
      </span>
    </li>
  );
}

function HowKnown({ queue, page }: { queue: DeadLetterQueue; page: DeadLetterPage | null }) {
  const fromTap = !page && queue.causesFrom === 'tap';
  return (
    <>
      <h2 className={styles.how}>How we know</h2>
      <p className={styles.known}>
        <Source
          kind="observed"
          how={fromTap ? 'the dead-letter tap saw them die' : 'read off x-death of each message'}
        />
        <span>
          {fromTap ? (
            <>
              by the dead-letter tap
              {queue.causesSince === null ? null : (
                <>
                  , since <Time at={queue.causesSince} />
                </>
              )}
            </>
          ) : (
            <>
              read off <code>x-death</code> and the error header of each message
            </>
          )}
        </span>
      </p>
      {!page && queue.causesNote ? <p className="s t3">{queue.causesNote}</p> : null}
      {page && page.messages.length < page.inQueue ? (
        <p className="s t3">
          Counted over the first {count(page.messages.length)} of {count(page.inQueue)} messages. A replay by
          cause looks through the first 10,000.
        </p>
      ) : null}
    </>
  );
}
