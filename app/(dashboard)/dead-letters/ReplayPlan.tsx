'use client';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { useAct } from '@/app/_live/query';
import { useHref } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { cx } from '@/app/_ui/cx';
import { counted } from '@/app/_ui/format';
import { PlanDialog } from '@/app/_ui/PlanDialog';
import { Problem } from '@/app/_ui/Problem';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import type { ReplayAnswer } from '@/lib/model/api';
import type { LetterEdit } from '@/lib/model/letter-edit';
import type { DeadLetter, DeadLetterQueue, Plan, ReplayAct, Selection } from '@/lib/model/replay';
import { keyFor } from './idempotency';
import { PlanAfter } from './PlanAfter';
import { PlanDiff } from './PlanDiff';
import { PlanHow } from './PlanHow';
import { PlanChanges, PlanOrigins, PlanSentence, PlanStays, PlanTargets } from './PlanParts';
import { PlanRoute } from './PlanRoute';
import { consentsOf, PlanWarnings } from './PlanWarnings';
import styles from './plan.module.css';
import { type Asked, noOptions, type Options, planning, starting, suggested, wrongOf } from './plan-options';
import { actWords, goesOf } from './plan-words';
import { usePlan } from './use-plan';

export interface ReplayPlanProps {
  queue: DeadLetterQueue;
  select: Selection;
  /** What is to be done with the selected; `replay` when left out. */
  act?: ReplayAct;
  /** One message, changed before it is sent: `letter` is the message as it lies there, and `select` names it alone. */
  edit?: { letter: DeadLetter; change: LetterEdit };
  onClose: () => void;
}

/** What a replay, a move or a deletion would do, before it does anything; its button starts it. */
export function ReplayPlan({ queue, select, act = 'replay', edit, onClose }: ReplayPlanProps) {
  const router = useRouter();
  const href = useHref();
  const live = useLive();
  // as it was when the dialog opened: what the page reads meanwhile must not change the plan
  const [asked] = useState<Asked>({
    vhost: queue.vhost,
    queue: queue.queue,
    act,
    select,
    edit: edit?.change ?? null,
  });
  const [chosen, setChosen] = useState<Options>(() => noOptions(act));
  const [touched, setTouched] = useState(false);
  const [consent, setConsent] = useState({ typed: '', codes: '' });
  const tapOn = live?.status.taps.some((t) => t.vhost === queue.vhost && t.state === 'on') ?? false;
  const { plan, problem, busy, stale, waits, again } = usePlan(planning(asked, chosen));
  // what is proposed holds until somebody changes something
  const [proposed, setProposed] = useState<Plan | null>(null);
  if (plan && plan !== proposed) {
    setProposed(plan);
    if (!touched) setChosen({ ...chosen, ...suggested(plan, act, tapOn) });
  }
  const start = useAct<ReplayAnswer>('/api/replays');
  const lastKey = useRef<{ body: string; key: string }>(null);

  const codes = consentsOf(plan);
  // consent is to these warnings: others ask anew
  const typed = consent.codes === codes.join(' ') ? consent.typed : '';
  const agreed = codes.length === 0 || typed.trim() === queue.queue;
  const wrong = wrongOf(chosen);
  const refused = plan?.warnings.find((w) => w.level === 'refuse');
  const reason =
    wrong?.words ??
    (!plan || busy || stale
      ? waits
        ? 'plan again first'
        : problem
          ? 'there is no plan'
          : 'the plan is being made'
      : refused
        ? refused.words
        : agreed
          ? undefined
          : 'give your consent to the warnings first');

  const go = async () => {
    const request = starting(asked, chosen);
    if (reason || !request || start.busy) return;
    const body = { ...request, consent: codes };
    lastKey.current = keyFor(body, lastKey.current);
    const answer = await start.act(body, { 'idempotency-key': lastKey.current.key });
    if (answer) router.push(href(`/replays/${encodeURIComponent(answer.replay.id)}`));
  };
  const { title, verb, does } = actWords[act];
  const goes = plan ? goesOf(plan) : 0;
  const object = plan && plan.selected > 0 ? ` ${counted(goes, 'message')}` : '';

  return (
    <PlanDialog
      title={edit ? 'Replay plan, edited' : title}
      hint={does}
      onClose={onClose}
      onSubmit={() => void go()}
      actions={
        <Button
          type="submit"
          look={act === 'delete' ? 'danger' : 'primary'}
          reason={reason}
          busy={start.busy}
        >
          {verb}
          {object}
        </Button>
      }
    >
      {start.problem ? (
        <Problem
          problem={start.problem}
          action={
            start.problem.code === 'consent_needed' || start.problem.code === 'conflict' ? (
              <Button small onClick={again}>
                Plan again
              </Button>
            ) : undefined
          }
        />
      ) : null}
      {problem ? (
        <Problem
          problem={problem}
          action={
            <Button small onClick={again}>
              Plan again
            </Button>
          }
        />
      ) : null}
      {plan ? (
        <section aria-label="The plan" aria-busy={busy} className={cx(styles.plan, stale && styles.stale)}>
          {stale ? (
            <p className={styles.staleNote} role="status">
              {waits ??
                (problem
                  ? 'Of before your last change.'
                  : 'Of before your last change; the new one is being made.')}{' '}
              {waits ? (
                <Button small busy={busy} onClick={again}>
                  Plan again
                </Button>
              ) : null}
            </p>
          ) : null}
          <PlanSentence plan={plan} act={act} />
          {act === 'delete' ? null : <PlanRoute plan={plan} act={act} />}
          <PlanWarnings
            plan={plan}
            typed={typed}
            onType={(text) => setConsent({ typed: text, codes: codes.join(' ') })}
          />
          {act === 'delete' ? null : <PlanTargets plan={plan} />}
          <PlanStays plan={plan} />
          {edit ? <PlanDiff letter={edit.letter} change={edit.change} /> : null}
          {act === 'delete' ? null : <PlanChanges plan={plan} />}
        </section>
      ) : problem || wrong?.field === 'target' ? null : (
        <SkeletonRows rows={7} label="Making the plan" />
      )}
      <PlanHow
        act={act}
        vhost={queue.vhost}
        source={queue.queue}
        plan={plan}
        options={chosen}
        onChange={(next) => {
          setTouched(true);
          setChosen(next);
        }}
        wrong={wrong}
        tapOn={tapOn}
      />
      {plan ? (
        <>
          {chosen.aim.kind.endsWith('origin') && act === 'replay' ? <PlanOrigins plan={plan} /> : null}
          <PlanAfter act={act} keepOrder={chosen.keepOrder} />
        </>
      ) : null}
    </PlanDialog>
  );
}
