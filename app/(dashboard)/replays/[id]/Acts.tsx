'use client';
import { useAct } from '@/app/_live/query';
import { Button } from '@/app/_ui/Button';
import { count } from '@/app/_ui/format';
import { Problem } from '@/app/_ui/Problem';
import type { ReplayAction, ReplayAnswer } from '@/lib/model/api';
import type { ReplayJob } from '@/lib/model/replay';
import styles from './replay.module.css';

/** One act on the job; what it answers is the job as it then is. */
export function useJobAct(replay: ReplayJob) {
  return useAct<ReplayAnswer, ReplayAction>(`/api/replays/${encodeURIComponent(replay.id)}`, {
    // biome-ignore lint/suspicious/noThenProperty: the option's name; nobody awaits these options
    then: [['replay', replay.id]],
  });
}

const leftOf = (replay: ReplayJob) => replay.counts.waiting + replay.counts.sending;

/** What can be done to it while it runs. What can be done while it is held stands in the banner that says why. */
export function Acts({ replay }: { replay: ReplayJob }) {
  const { act, busy, problem } = useJobAct(replay);
  if (replay.state !== 'running' && replay.state !== 'following') return null;
  return (
    <>
      <span className={styles.acts}>
        {replay.state === 'following' ? (
          <Button busy={busy} onClick={() => void act({ action: 'cancel' })}>
            Stop following
          </Button>
        ) : (
          <>
            <Button icon="pause" busy={busy} onClick={() => void act({ action: 'pause' })}>
              Pause
            </Button>
            <Button look="danger" busy={busy} onClick={() => void act({ action: 'cancel' })}>
              Cancel the remaining {count(leftOf(replay))}
            </Button>
          </>
        )}
      </span>
      {problem ? (
        <div className={styles.problem}>
          <Problem problem={problem} />
        </div>
      ) : null}
    </>
  );
}

/** Why it does not go on, and the two ways out. */
export function Held({ replay }: { replay: ReplayJob }) {
  const { act, busy, problem } = useJobAct(replay);
  const { state, hold, counts: c } = replay;
  if (state !== 'paused' && state !== 'interrupted') return null;
  const left = leftOf(replay);
  const again = left + c.unknown;
  const sent = c.selected - left;
  const where = `${count(sent)} dealt with, ${count(left)} untouched in ${replay.queue}.`;
  return (
    <section className={styles.held} aria-label={state === 'paused' ? 'Paused' : 'Interrupted'}>
      <div className="grow" role="status">
        <p className="t1 wrap">
          <b>{state === 'paused' ? (hold?.words ?? 'Paused.') : (replay.note ?? 'Interrupted.')}</b>
        </p>
        <p className="wrap">
          {where}{' '}
          {state === 'interrupted'
            ? 'Nothing is lost: what was not confirmed is still in its queue. What may be there twice is listed below.'
            : hold?.goesOn
              ? 'It goes on by itself when that is over.'
              : 'Nothing is sent until somebody says so.'}
        </p>
      </div>
      <span className={styles.acts}>
        <Button look="primary" icon="play" busy={busy} onClick={() => void act({ action: 'resume' })}>
          {state === 'interrupted'
            ? `Resume with ${count(again)}`
            : hold?.by === 'user'
              ? 'Resume'
              : 'Resume anyway'}
        </Button>
        <Button look="danger" busy={busy} onClick={() => void act({ action: 'cancel' })}>
          Cancel the remaining {count(left)}
        </Button>
      </span>
      {problem ? (
        <div className={styles.problem}>
          <Problem problem={problem} />
        </div>
      ) : null}
    </section>
  );
}
