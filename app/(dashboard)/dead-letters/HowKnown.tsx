'use client';
import { count } from '@/app/_ui/format';
import { Source } from '@/app/_ui/Source';
import { Time } from '@/app/_ui/Time';
import type { DeadLetterQueue } from '@/lib/model/replay';
import styles from './dead-letters.module.css';
import type { Letters } from './letters';

/** The evidence: by what each part of a cause is known, and over how many messages it was counted. */
export function HowKnown({ queue, letters }: { queue: DeadLetterQueue; letters: Letters | null }) {
  const messages = letters?.messages ?? [];
  const named = messages.filter((m) => m.error !== null).length;
  const never = messages.filter((m) => m.deaths.length === 0).length;
  return (
    <section className={styles.evidence} aria-labelledby="evidence">
      <h2 id="evidence" className={styles.how}>
        How we know the cause
      </h2>
      {letters ? (
        <>
          <p className={styles.known}>
            <Source kind="observed" how="the broker writes x-death when a message dies" />
            <span>
              {count(messages.length - never)} by <code>x-death</code>: queue, reason, first time
            </span>
          </p>
          {named > 0 ? (
            <p className={styles.known}>
              <Source kind="observed" how="the service that gave up wrote it into a header" />
              <span>{count(named)} by an error header of the service</span>
            </p>
          ) : null}
          {never > 0 ? (
            <p className={styles.known}>
              <Source kind="inferred" how="nothing in the message says that it died" />
              <span>
                {count(never)} without <code>x-death</code>: put here by somebody
              </span>
            </p>
          ) : null}
        </>
      ) : (
        <p className={styles.known}>
          <Source
            kind="observed"
            how={
              queue.causesFrom === 'tap'
                ? 'the dead-letter tap saw them die'
                : 'read off x-death of each message'
            }
          />
          <span>
            {queue.causesFrom === 'tap' ? 'by the dead-letter tap' : 'by the last reading of the queue'}
            {queue.causesSince === null ? null : (
              <>
                , {queue.causesFrom === 'tap' ? 'since ' : ''}
                <Time at={queue.causesSince} />
              </>
            )}
          </span>
        </p>
      )}
      {!letters && queue.causesNote ? <p className="s t3">{queue.causesNote}</p> : null}
      {letters && letters.next !== null ? (
        <p className="s t3">
          Counted over what was read: {count(letters.read)} of {count(letters.inQueue)} messages. A cause,
          when it is replayed, is looked for in the whole queue.
        </p>
      ) : null}
    </section>
  );
}
