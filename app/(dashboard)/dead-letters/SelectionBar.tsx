'use client';
import { Button } from '@/app/_ui/Button';
import { count, counted } from '@/app/_ui/format';
import { Icon } from '@/app/_ui/Icon';
import styles from './dead-letters.module.css';
import { type Choice, NONE } from './selection';

/** What is chosen and what can be done with it, at the foot of the page. */
export function SelectionBar({
  choice,
  chosen,
  inQueue,
  onChoice,
  onReplay,
  reason,
}: {
  choice: Choice;
  /** null: only the queue can tell. */
  chosen: number | null;
  inQueue: number | null;
  onChoice: (choice: Choice) => void;
  onReplay: () => void;
  /** Why nothing can be replayed now. */
  reason?: string | undefined;
}) {
  const words = chosen === null ? 'messages' : counted(chosen, 'message');
  return (
    <div className={styles.bar}>
      {choice.kind === 'none' ? (
        <>
          <span className="t3 grow cut">Choose causes or messages</span>
          <Button reason={reason} onClick={() => onChoice({ kind: 'all' })}>
            {inQueue === null ? 'Choose all' : `Choose all ${count(inQueue)}`}
          </Button>
        </>
      ) : (
        <>
          <Icon name="check" size={14} />
          <b className="nw">{words}</b>
          <span className="t3 cut wide">{kindWords(choice)}</span>
          <Button look="quiet" onClick={() => onChoice(NONE)}>
            Clear
          </Button>
          <span className="grow" />
          <Button look="primary" reason={reason} onClick={onReplay}>
            Replay {words}…
          </Button>
        </>
      )}
    </div>
  );
}

function kindWords(choice: Choice): string {
  if (choice.kind === 'all') return 'the whole queue';
  if (choice.kind === 'causes') return counted(choice.keys.length, 'cause');
  return 'picked one by one';
}
