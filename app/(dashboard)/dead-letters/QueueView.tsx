'use client';
import { useEffect, useMemo, useState } from 'react';
import { useUrlState } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { count } from '@/app/_ui/format';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import { Time } from '@/app/_ui/Time';
import type { LetterEdit } from '@/lib/model/letter-edit';
import type { DeadLetter, DeadLetterQueue, ReplayAct, Selection } from '@/lib/model/replay';
import { parseWhere } from '@/lib/model/where';
import { CauseList } from './CauseList';
import { examplesOf } from './columns-of';
import styles from './dead-letters.module.css';
import { FilterBar } from './FilterBar';
import { HowKnown } from './HowKnown';
import { foundWords } from './letters';
import { MessageTable } from './MessageTable';
import { NoRows } from './NoRows';
import { ReadingProblem } from './ReadingProblem';
import { RunningReplay } from './RunningReplay';
import { SelectionBar } from './SelectionBar';
import { type Choice, countOf, keptOf, NONE, requestOf, shownOf, toggleCause } from './selection';
import { PAGE, useLetters } from './use-letters';

const MessageSheet = later(() => import('./MessageSheet').then((m) => m.MessageSheet));
const EditMessage = later(() => import('./EditMessage').then((m) => m.EditMessage));
const ReplayPlan = later(() => import('./ReplayPlan').then((m) => m.ReplayPlan));

/** What the plan is opened for, frozen as it was chosen. */
interface Planned {
  act: ReplayAct;
  select: Selection;
  edit?: { letter: DeadLetter; change: LetterEdit };
}

/**
 * One dead-letter queue: why, which, and the way back. It is read only when asked, the price beside the button; a new
 * filter reads again by itself only where reading costs nothing and was asked for once.
 */
export function QueueView({
  queue,
  fresh,
  onChanged,
}: {
  queue: DeadLetterQueue;
  fresh: boolean;
  onChanged: () => void;
}) {
  const [params, setParams] = useUrlState();
  useEffect(() => {
    MessageSheet.ahead();
    ReplayPlan.ahead();
  }, []);
  const { letters, problem, busy, read, more } = useLetters(queue);
  const [choice, setChoice] = useState<Choice>(NONE);
  const [planned, setPlanned] = useState<Planned | null>(null);
  const [editing, setEditing] = useState<DeadLetter | null>(null);

  const typed = params.get('where') ?? '';
  // read when it is typed: `after=-15m` means the same until it is typed anew
  const where = useMemo(() => parseWhere(typed, { now: Date.now(), zone: 'local' }), [typed]);
  const filter = 'filter' in where && typed.trim() !== '' ? where.filter : null;
  const isWrong = 'error' in where;
  const ofThis = letters !== null && letters.where === typed;

  const causes = letters?.causes ?? queue.causes;
  const chosenCauses = choice.kind === 'causes' ? choice.keys : [];
  const messages = letters?.messages ?? [];
  const shown = useMemo(() => shownOf(messages, chosenCauses), [messages, chosenCauses]);
  const at = shown.findIndex((m) => m.id === params.get('message'));
  const open = shown[at];
  const empty = queue.messages === 0;
  const refusal =
    queue.reading.level === 'refused' ? queue.reading.words : fresh ? undefined : 'the broker is away';

  const readAgain = async () => {
    if (refusal || isWrong) return;
    const next = await read(typed, filter);
    if (!next) return;
    setChoice((old) => keptOf(old, next.messages, letters?.where === typed));
    onChanged();
  };
  const free = (letters?.reading ?? queue.reading).level === 'none';
  const goesOn = letters !== null && !ofThis && free && !isWrong && !refusal;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each filter, not when the rest changes
  useEffect(() => {
    if (goesOn) void readAgain();
  }, [typed, goesOn]);

  const plan = (act: ReplayAct) => {
    const select = requestOf(choice, filter);
    if (select) setPlanned({ act, select });
  };
  const only = choice.kind === 'messages' && choice.ids.size === 1 ? [...choice.ids][0] : undefined;
  const one = messages.find((m) => m.id === only) ?? null;
  const stale = letters !== null && queue.messages !== null && queue.messages !== letters.inQueue;

  return (
    <>
      <RunningReplay queue={queue} />
      <div className={styles.view}>
        <CauseList
          queue={queue}
          causes={causes}
          letters={letters}
          choice={choice}
          onToggle={(key) => setChoice(toggleCause(choice, key))}
          onNoted={onChanged}
        />
        <section className={styles.messages} aria-label="Messages">
          <div className={styles.tableHead}>
            <h2>Messages</h2>
            <FilterBar
              value={typed}
              wrong={isWrong ? where : null}
              examples={examplesOf(messages)}
              onSubmit={(text) => setParams({ where: text.trim() === '' ? null : text, message: null })}
            />
            <Button
              small={letters !== null}
              busy={busy === 'first'}
              reason={refusal ?? (isWrong ? 'the filter cannot be read' : undefined)}
              onClick={() => void readAgain()}
            >
              {letters === null ? 'Read messages' : ofThis ? 'Read again' : 'Read with this filter'}
            </Button>
          </div>
          {letters ? (
            <p className={styles.found} role="status">
              <span className="t1">{foundWords(letters)}</span>
              {shown.length < messages.length ? (
                <span>, {count(shown.length)} of the chosen causes</span>
              ) : null}
              , read <Time at={letters.readAt} />
              {ofThis ? null : busy === 'first' ? (
                <span>; reading with the new filter…</span>
              ) : (
                <span className="returned ink"> with another filter</span>
              )}
              {stale ? <span>; {count(queue.messages ?? 0)} lie there now</span> : null}
            </p>
          ) : null}
          {problem ? <ReadingProblem problem={problem} queue={queue} /> : null}
          <Panel label="The messages">
            {busy === 'first' && !letters ? (
              <SkeletonRows rows={12} label="Reading messages" />
            ) : shown.length > 0 ? (
              <MessageTable
                messages={shown}
                filter={filter}
                choice={choice}
                onChoice={setChoice}
                selected={open?.id ?? null}
                stale={!fresh || (busy === 'first' && !ofThis)}
                onOpen={(id) => setParams({ message: id })}
              />
            ) : (
              <NoRows
                queue={queue}
                letters={letters}
                onClear={() => setParams({ where: null, message: null })}
              />
            )}
          </Panel>
          {letters && letters.next !== null ? (
            <p className={styles.more}>
              <Button
                busy={busy === 'more'}
                reason={refusal ?? (ofThis ? undefined : 'read with this filter first')}
                onClick={() => void more(filter)}
              >
                {letters.where === ''
                  ? `Read ${count(Math.min(PAGE, Math.max(1, letters.inQueue - letters.read)))} more`
                  : 'Go on reading'}
              </Button>
              <span className="s t3">{letters.reading.words}</span>
            </p>
          ) : null}
        </section>
        {causes.length > 0 ? <HowKnown queue={queue} letters={letters} /> : null}
      </div>
      <SelectionBar
        choice={choice}
        chosen={countOf(
          choice,
          causes,
          queue.messages,
          letters ? { matching: messages.length, whole: letters.next === null } : null,
        )}
        inQueue={queue.messages}
        filtered={filter !== null && ofThis}
        shown={shown}
        onChoice={setChoice}
        onPlan={plan}
        onEdit={one ? () => setEditing(one) : undefined}
        reason={empty ? 'the queue is empty' : refusal}
      />
      {open && !editing ? (
        <MessageSheet
          key={open.id}
          letter={open}
          queue={queue}
          before={at > 0 ? () => setParams({ message: shown[at - 1]?.id }) : undefined}
          after={at + 1 < shown.length ? () => setParams({ message: shown[at + 1]?.id }) : undefined}
          place={{ at, of: shown.length }}
          reason={refusal}
          onEdit={() => setEditing(open)}
          onReplay={() => setPlanned({ act: 'replay', select: { kind: 'messages', ids: [open.id] } })}
          onClose={() => setParams({ message: null })}
        />
      ) : null}
      {editing ? (
        <EditMessage
          letter={editing}
          onPlan={(change) =>
            setPlanned({
              act: 'replay',
              select: { kind: 'messages', ids: [editing.id] },
              edit: { letter: editing, change },
            })
          }
          onClose={() => setEditing(null)}
        />
      ) : null}
      {planned ? <ReplayPlan queue={queue} {...planned} onClose={() => setPlanned(null)} /> : null}
    </>
  );
}
