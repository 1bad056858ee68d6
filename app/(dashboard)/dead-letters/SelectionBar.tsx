'use client';
import { Button } from '@/app/_ui/Button';
import { count, counted } from '@/app/_ui/format';
import { Icon } from '@/app/_ui/Icon';
import { Menu } from '@/app/_ui/Menu';
import type { ReplayAct } from '@/lib/model/replay';
import styles from './dead-letters.module.css';
import { type Choice, type Chosen, type HowMany, MOST_PICKED, NONE, shownState } from './selection';

/** What is chosen and what can be done with it, at the foot of the page. Nothing here acts: each opens its plan. */
export function SelectionBar({
  choice,
  chosen,
  inQueue,
  filtered,
  shown,
  onChoice,
  onPlan,
  onEdit,
  reason,
}: {
  choice: Choice;
  chosen: HowMany;
  inQueue: number | null;
  /** A filter is on, and what is listed was read with it. */
  filtered: boolean;
  shown: readonly Chosen[];
  onChoice: (choice: Choice) => void;
  onPlan: (act: ReplayAct) => void;
  /** There when one message is chosen. */
  onEdit?: (() => void) | undefined;
  /** Why nothing can be done now. */
  reason?: string | undefined;
}) {
  const all = (
    <Button look="quiet" reason={reason} onClick={() => onChoice({ kind: 'all' })}>
      {inQueue === null ? 'Choose all' : `Choose all ${count(inQueue)}`}
    </Button>
  );
  const matching = filtered ? (
    <Button look="quiet" reason={reason} onClick={() => onChoice({ kind: 'matching' })}>
      Choose all that match
    </Button>
  ) : null;
  if (choice.kind === 'none')
    return (
      <div className={styles.bar}>
        <span className="t3 grow cut">Choose causes or messages</span>
        {matching}
        {filtered ? null : all}
      </div>
    );
  const words = chosen.n === null ? 'messages' : counted(chosen.n, 'message');
  const listed = choice.kind === 'messages' && shown.length > 0 && shownState(choice, shown) === true;
  return (
    <section className={styles.bar} aria-label="Chosen">
      <span className="wide">
        <Icon name="check" size={14} />
      </span>
      <b className={`nw ${styles.howMany}`} role="status">
        {chosen.atLeast && chosen.n !== null ? `${words} read so far` : words}
      </b>
      <span className="t3 cut wide">{kindWords(choice, shown)}</span>
      <Button look="quiet" onClick={() => onChoice(NONE)}>
        Clear
      </Button>
      <span className="wide">{listed ? (matching ?? all) : null}</span>
      <span className="grow" />
      <span className={`row ${styles.acts}`}>
        {onEdit ? (
          <Button icon="edit" reason={reason} onClick={onEdit}>
            Edit and replay…
          </Button>
        ) : null}
        <Button reason={reason} onClick={() => onPlan('move')}>
          Move…
        </Button>
        <Button look="danger" icon="delete" reason={reason} onClick={() => onPlan('delete')}>
          Delete…
        </Button>
      </span>
      <Menu
        label="More to do with them"
        className={styles.fewActs}
        button={{ icon: 'more', 'aria-label': 'Edit, move or delete' }}
        width={200}
      >
        {(close) => {
          const opens = (open: () => void) => () => {
            close();
            open();
          };
          return (
            <div className={styles.menu}>
              {onEdit ? (
                <Button look="quiet" icon="edit" reason={reason} onClick={opens(onEdit)}>
                  Edit and replay…
                </Button>
              ) : null}
              <Button look="quiet" reason={reason} onClick={opens(() => onPlan('move'))}>
                Move…
              </Button>
              <Button look="quiet" icon="delete" reason={reason} onClick={opens(() => onPlan('delete'))}>
                Delete…
              </Button>
            </div>
          );
        }}
      </Menu>
      <Button look="primary" reason={reason} onClick={() => onPlan('replay')}>
        Replay {chosen.atLeast ? 'them all' : words}…
      </Button>
    </section>
  );
}

function kindWords(choice: Choice, shown: readonly Chosen[]): string {
  if (choice.kind === 'all') return 'the whole queue';
  if (choice.kind === 'matching') return 'all that match the filter';
  if (choice.kind === 'causes') return counted(choice.keys.length, 'cause');
  if (choice.kind === 'none') return '';
  if (choice.ids.size >= MOST_PICKED)
    return `at most ${count(MOST_PICKED)} can be picked one by one: a cause or a filter takes more`;
  let hidden = choice.ids.size;
  for (const { id } of shown) if (choice.ids.has(id)) hidden--;
  return hidden > 0 ? `picked one by one, ${count(hidden)} not listed now` : 'picked one by one';
}
