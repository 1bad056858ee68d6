'use client';
import { useAct } from '@/app/_live/query';
import { Button } from '@/app/_ui/Button';
import { count } from '@/app/_ui/format';
import { Problem } from '@/app/_ui/Problem';
import type { ReplayAnswer } from '@/lib/model/api';
import type { ReplayJob } from '@/lib/model/replay';
import styles from './replay.module.css';

/** Stop it, or go on with it after an interruption. The buttons say what remains. */
export function Acts({ replay, onDone }: { replay: ReplayJob; onDone: () => void }) {
  const act = useAct<ReplayAnswer>(`/api/replays/${encodeURIComponent(replay.id)}`);
  const left = replay.counts.waiting + replay.counts.sending;
  const again = left + replay.counts.unknown;
  const send = async (action: 'cancel' | 'resume') => {
    await act.act({ action });
    onDone();
  };
  const stoppable = replay.state === 'running' || replay.state === 'interrupted';
  return (
    <>
      <span className="grow" />
      {replay.state === 'interrupted' ? (
        <Button look="primary" icon="play" busy={act.busy} onClick={() => void send('resume')}>
          Resume with {count(again)}
        </Button>
      ) : null}
      {stoppable ? (
        <Button look="danger" busy={act.busy} onClick={() => void send('cancel')}>
          Cancel the remaining {count(left)}
        </Button>
      ) : null}
      {act.problem ? (
        <div className={styles.problem}>
          <Problem problem={act.problem} />
        </div>
      ) : null}
    </>
  );
}
