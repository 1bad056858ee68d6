'use client';
import { count, counted } from '@/app/_ui/format';
import { Unknown } from '@/app/_ui/Unknown';
import type { Cause } from '@/lib/model/death';
import type { DeadLetterQueue } from '@/lib/model/replay';
import { CauseItem } from './CauseItem';
import styles from './dead-letters.module.css';
import type { Letters } from './letters';
import { byMute } from './mutes';
import { type Choice, hasCause } from './selection';
import { useMinute } from './use-minute';

/** Why the messages died, as groups to choose; muted ones are folded apart. Below: what reading costs. */
export function CauseList({
  queue,
  causes,
  letters,
  choice,
  onToggle,
  onNoted,
}: {
  queue: DeadLetterQueue;
  causes: readonly Cause[];
  letters: Letters | null;
  choice: Choice;
  onToggle: (key: string) => void;
  onNoted: () => void;
}) {
  const now = useMinute();
  const { heard, muted } = byMute(causes, queue.notes, now);
  const item = (cause: Cause) => (
    <CauseItem
      key={cause.key}
      queue={queue}
      cause={cause}
      on={hasCause(choice, cause.key)}
      onToggle={() => onToggle(cause.key)}
      onNoted={onNoted}
    />
  );
  return (
    <section aria-label="Causes" className={styles.side}>
      <div className={styles.tableHead}>
        <h2>Causes</h2>
        {heard.length > 0 ? <span className="t3">{count(heard.length)}</span> : null}
      </div>
      {heard.length > 0 ? <ul className={styles.causes}>{heard.map(item)}</ul> : null}
      {muted.length > 0 ? (
        <details className={styles.muted}>
          <summary>
            {counted(muted.length, 'muted cause')},{' '}
            {counted(
              muted.reduce((sum, c) => sum + c.count, 0),
              'message',
            )}
          </summary>
          <ul className={styles.causes}>{muted.map(item)}</ul>
        </details>
      ) : null}
      {causes.length === 0 ? (
        <p className={styles.line}>
          {queue.messages === 0 ? (
            <span className="t3">None: the queue is empty.</span>
          ) : letters ? (
            <span className="t3">None of what is listed.</span>
          ) : (
            <Unknown
              word="not known"
              reason={queue.causesNote ?? 'the messages were not read yet'}
              showReason
            />
          )}
        </p>
      ) : null}
      <p className="s t3">{letters?.reading.words ?? queue.reading.words}</p>
    </section>
  );
}
