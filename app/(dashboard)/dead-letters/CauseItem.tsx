'use client';
import { Check } from '@/app/_ui/Check';
import { cx } from '@/app/_ui/cx';
import { count, counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Bars } from '@/app/_ui/Spark';
import { Time, TimeAgo } from '@/app/_ui/Time';
import { Unknown } from '@/app/_ui/Unknown';
import type { Cause } from '@/lib/model/death';
import type { DeadLetterQueue } from '@/lib/model/replay';
import { QueueName } from '../_parts/QueueName';
import { reasonWords } from '../_parts/reason';
import { CauseMenu } from './CauseMenu';
import styles from './dead-letters.module.css';
import { FOR_EVER, isMuted, noteOf } from './mutes';
import { useMinute } from './use-minute';

/** One cause: where and why, how many, from when to when, who takes from its origin now, and what people noted. */
export function CauseItem({
  queue,
  cause,
  on,
  onToggle,
  onNoted,
}: {
  queue: DeadLetterQueue;
  cause: Cause;
  on: boolean;
  onToggle: () => void;
  onNoted: () => void;
}) {
  const never = cause.reason === 'none';
  const note = noteOf(queue.notes, cause.key);
  const muted = isMuted(note, useMinute());
  return (
    <li className={cx(styles.cause, on && styles.on)}>
      <Check
        checked={on}
        onChange={onToggle}
        label={`${cause.originQueue || 'no origin'} ${reasonWords(cause.reason)} ${cause.error ?? ''}, ${counted(cause.count, 'message')}`}
      />
      <div className="grow">
        <div className="row">
          {never ? (
            <b className="cut">no x-death</b>
          ) : (
            <QueueName vhost={queue.vhost} name={cause.originQueue} />
          )}
          <span className="t3 nw">{never ? '' : reasonWords(cause.reason)}</span>
          <span className="grow" />
          <b>{count(cause.count)}</b>
        </div>
        <div className="row">
          <span className={cx('grow wrap', cause.error ? 'dead ink' : 't3')}>
            {cause.error ?? (never ? 'put here without having died' : 'no error header')}
          </span>
          {cause.trend.length > 1 ? <Bars values={cause.trend} width={48} height={14} /> : null}
        </div>
        <div className="s t3">
          <When cause={cause} />
        </div>
        <div className="row s">
          <span className="grow">{never ? null : <Takers queue={queue} origin={cause.originQueue} />}</span>
          <CauseMenu queue={queue} cause={cause} note={note} onNoted={onNoted} />
        </div>
        {note && (note.text !== '' || muted) ? (
          <p className={cx('s', styles.note)}>
            {muted && note.mutedUntil !== null ? (
              <span className="t1">
                Muted{' '}
                {note.mutedUntil >= FOR_EVER ? (
                  'until unmuted'
                ) : (
                  <>
                    until <Time at={note.mutedUntil} />
                  </>
                )}
                {note.text === '' ? '' : '. '}
              </span>
            ) : null}
            {note.text === '' ? null : <span className="t1 wrap">{note.text}</span>}{' '}
            <span className="t3">
              {note.by}, <TimeAgo at={note.at} />
            </span>
          </p>
        ) : null}
      </div>
    </li>
  );
}

function When({ cause: { firstAt, lastAt } }: { cause: Cause }) {
  if (firstAt === null || lastAt === null) return 'when is not known';
  return (
    <>
      <Time at={firstAt} />
      {lastAt > firstAt ? (
        <>
          {' to '}
          <Time at={lastAt} />
        </>
      ) : null}
    </>
  );
}

/** Who takes from the origin now: a replay into a queue that nobody consumes only moves the problem. */
function Takers({ queue, origin }: { queue: DeadLetterQueue; origin: string }) {
  const known = queue.origins.find((o) => o.queue === origin);
  const consumers = known?.consumers ?? null;
  if (consumers === 0)
    return (
      <span className={cx('row', styles.takers)}>
        <Glyph hop="warn" size={14} />
        <span className="returned ink wrap">{origin} has no consumer</span>
      </span>
    );
  return (
    <span className="t3">
      {consumers === null ? (
        <>
          consumers{' '}
          <Unknown
            reason={known ? 'the broker did not report them' : `${origin} leads here no more, or is gone`}
          />
        </>
      ) : (
        counted(consumers, 'consumer')
      )}
      {known?.messages ? `, ${counted(known.messages, 'message')} wait there` : ''}
    </span>
  );
}
