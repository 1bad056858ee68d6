'use client';
import { useEffect, useState } from 'react';
import { call, problemOf } from '@/app/_live/api';
import { useUrlState } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { Empty } from '@/app/_ui/Empty';
import { count } from '@/app/_ui/format';
import { later } from '@/app/_ui/later';
import { Panel } from '@/app/_ui/Panel';
import { Problem } from '@/app/_ui/Problem';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import { Time } from '@/app/_ui/Time';
import type { DeadLetterPage } from '@/lib/model/api';
import type { Problem as ProblemShape } from '@/lib/model/errors';
import type { DeadLetterQueue } from '@/lib/model/replay';
import { CauseList } from './CauseList';
import styles from './dead-letters.module.css';
import { MessageTable } from './MessageTable';
import { SelectionBar } from './SelectionBar';
import { type Choice, causeOf, countOf, NONE, requestOf, shownOf, toggleCause } from './selection';

const MessageSheet = later(() => import('./MessageSheet').then((m) => m.MessageSheet));
const ReplayPlan = later(() => import('./ReplayPlan').then((m) => m.ReplayPlan));

const MOST = 1_000;

/** One dead-letter queue. It is read only when asked: the price stands beside the button. */
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
  const [page, setPage] = useState<DeadLetterPage | null>(null);
  const [problem, setProblem] = useState<ProblemShape | null>(null);
  const [busy, setBusy] = useState(false);
  const [choice, setChoice] = useState<Choice>(NONE);
  const [planning, setPlanning] = useState(false);

  const causes = page?.causes ?? queue.causes;
  const chosenCauses = choice.kind === 'causes' ? choice.keys : [];
  const shown = page ? shownOf(page.messages, chosenCauses) : [];
  const open = page?.messages.find((m) => m.id === params.get('message'));
  const select = requestOf(choice);
  const empty = queue.messages === 0;

  const read = async () => {
    setBusy(true);
    setProblem(null);
    const url = `/api/dead-letters/${encodeURIComponent(queue.vhost)}/${encodeURIComponent(queue.queue)}/messages?limit=${MOST}`;
    try {
      const next = await call<DeadLetterPage>(url);
      const known = new Set(next.messages.map((m) => m.id));
      const keys = new Set(next.messages.map(causeOf));
      setPage(next);
      // what is gone from the queue goes from the choice too
      setChoice((old) => {
        if (old.kind === 'messages') {
          const ids = new Set([...old.ids].filter((id) => known.has(id)));
          return ids.size > 0 ? { kind: 'messages', ids } : NONE;
        }
        if (old.kind !== 'causes') return old;
        const left = old.keys.filter((k) => keys.has(k));
        return left.length > 0 ? { kind: 'causes', keys: left } : NONE;
      });
      onChanged();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const refusal =
    queue.reading.level === 'refused' ? queue.reading.words : fresh ? undefined : 'the broker is away';

  return (
    <>
      <div className={styles.view}>
        <CauseList
          queue={queue}
          causes={causes}
          page={page}
          choice={choice}
          onToggle={(key) => setChoice(toggleCause(choice, key))}
        />
        <section className={styles.messages}>
          <div className={styles.tableHead}>
            <h2>Messages</h2>
            {page ? (
              <span className="t3">
                {count(shown.length)}
                {page.messages.length < page.inQueue ? ` of the first ${count(page.messages.length)}` : ''},
                read <Time at={page.readAt} />
              </span>
            ) : null}
            <span className="grow" />
            <Button small={page !== null} busy={busy} reason={refusal} onClick={() => void read()}>
              {page ? 'Read again' : 'Read messages'}
            </Button>
          </div>
          {problem ? (
            <div className={styles.line}>
              <Problem problem={problem} />
            </div>
          ) : null}
          <Panel label="Messages">
            {busy && !page ? (
              <SkeletonRows rows={12} label="Reading messages" />
            ) : page ? (
              shown.length > 0 ? (
                <MessageTable
                  messages={shown}
                  choice={choice}
                  onChoice={setChoice}
                  selected={open?.id ?? null}
                  onOpen={(id) => setParams({ message: id })}
                />
              ) : (
                <Empty title="No message lies here" level={3}>
                  The queue was empty when it was read.
                </Empty>
              )
            ) : (
              <Empty title={empty ? 'The queue is empty' : 'Not read yet'} level={3}>
                {empty
                  ? 'Dead letters of the queues that lead here would stand here.'
                  : `${queue.reading.words} At most ${count(MOST)} messages are read, and all are put back.`}
              </Empty>
            )}
          </Panel>
        </section>
      </div>
      <SelectionBar
        choice={choice}
        chosen={countOf(choice, causes, queue.messages)}
        inQueue={queue.messages}
        onChoice={setChoice}
        onReplay={() => setPlanning(true)}
        reason={empty ? 'the queue is empty' : refusal}
      />
      {open ? <MessageSheet letter={open} onClose={() => setParams({ message: null })} /> : null}
      {planning && select ? (
        <ReplayPlan queue={queue} select={select} onClose={() => setPlanning(false)} />
      ) : null}
    </>
  );
}
