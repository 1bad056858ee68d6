'use client';
import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useState } from 'react';
import { call, problemOf } from '@/app/_live/api';
import { useAct } from '@/app/_live/query';
import { useHref } from '@/app/_live/scope';
import { Button } from '@/app/_ui/Button';
import { PlanDialog } from '@/app/_ui/Dialog';
import { counted } from '@/app/_ui/format';
import { Problem } from '@/app/_ui/Problem';
import { SkeletonRows } from '@/app/_ui/Skeleton';
import type { PlanAnswer, ReplayAnswer } from '@/lib/model/api';
import type { Problem as ProblemShape } from '@/lib/model/errors';
import type { LetterEdit } from '@/lib/model/letter-edit';
import type {
  DeadLetter,
  DeadLetterQueue,
  Plan,
  ReplayAct,
  ReplayTarget,
  Selection,
} from '@/lib/model/replay';
import { PlanChanges, PlanSentence, PlanTargets, PlanWarnings } from './PlanParts';
import { PlanRoute } from './PlanRoute';
import { type Aim, Aims, toTarget } from './PlanTarget';
import { goesOf } from './selection';

const ORIGIN: Aim = { kind: 'origin', queue: '', exchange: '', routingKey: '' };

export interface ReplayPlanProps {
  queue: DeadLetterQueue;
  select: Selection;
  /** What is to be done with the selected; `replay` when left out. */
  act?: ReplayAct;
  /** One message, changed before it is sent: `letter` is the message as it lies there, and `select` names it alone. */
  edit?: { letter: DeadLetter; change: LetterEdit };
  onClose: () => void;
}

/** What a replay would do, before it does anything; its button starts it. */
export function ReplayPlan({ queue, select, act = 'replay', edit, onClose }: ReplayPlanProps) {
  const router = useRouter();
  const href = useHref();
  const [aim, setAim] = useState<Aim>(ORIGIN);
  const [rate, setRate] = useState('');
  const [agreed, setAgreed] = useState<readonly string[]>([]);
  // as it was when the dialog opened: what the page reads meanwhile must not change the plan
  const [chosen] = useState(select);
  const { plan, problem, busy, look } = usePlan(queue, chosen);
  const start = useAct<ReplayAnswer>('/api/replays');

  useEffect(() => {
    void look({ kind: 'origin' });
  }, [look]);

  const choose = (next: Aim) => {
    setAim(next);
    setAgreed([]);
    const target = toTarget(next);
    if (target) void look(target);
  };
  const target = toTarget(aim);
  const refused = plan?.warnings.find((w) => w.level === 'refuse');
  const asks = plan?.warnings.filter((w) => w.level === 'consent' && !agreed.includes(w.code)) ?? [];
  const reason = !target
    ? 'name the target first'
    : !plan || busy
      ? 'the plan is being made'
      : refused
        ? refused.words
        : asks.length > 0
          ? 'agree to the warnings first'
          : undefined;

  const go = async () => {
    if (reason || !target) return;
    const perSecond = Number(rate);
    const answer = await start.act({
      vhost: queue.vhost,
      queue: queue.queue,
      select: chosen,
      target,
      act,
      ...(edit ? { edit: edit.change } : {}),
      consent: agreed,
      ...(perSecond > 0 ? { rate: perSecond } : {}),
    });
    if (answer) router.push(href(`/replays/${answer.replay.id}`));
  };

  return (
    <PlanDialog
      title="Replay plan"
      onClose={onClose}
      onSubmit={() => void go()}
      actions={
        <Button type="submit" look="primary" reason={reason} busy={start.busy}>
          {plan?.selected ? `Replay ${counted(goesOf(plan), 'message')}` : 'Replay'}
        </Button>
      }
    >
      {start.problem ? <Problem problem={start.problem} /> : null}
      {problem ? <Problem problem={problem} /> : null}
      {plan && target ? (
        <div aria-busy={busy}>
          <PlanSentence plan={plan} />
          <PlanRoute plan={plan} />
          <PlanWarnings
            plan={plan}
            agreed={agreed}
            onAgree={(code, on) => setAgreed(on ? [...agreed, code] : agreed.filter((c) => c !== code))}
          />
        </div>
      ) : problem || !target ? null : (
        <SkeletonRows rows={5} label="Making the plan" />
      )}
      <Aims aim={aim} onAim={choose} rate={rate} onRate={setRate} selected={plan?.selected ?? 0} />
      {plan && target ? (
        <>
          <PlanTargets plan={plan} />
          <PlanChanges plan={plan} />
          <h2>Afterwards</h2>
          <p>
            A receipt names every message as settled, delivered, died again, returned, skipped or unknown.
            Stop acts within one window of 100 messages and reverts nothing. A crash can send messages twice,
            never lose one: the receipt lists them.
          </p>
        </>
      ) : null}
    </PlanDialog>
  );
}

interface Planning {
  plan: Plan | null;
  problem: ProblemShape | null;
  busy: boolean;
}

/** Asks for the plan; only the latest answer counts. */
function usePlan(queue: DeadLetterQueue, select: Selection) {
  const [state, setState] = useState<Planning>({ plan: null, problem: null, busy: true });
  const { vhost, queue: name } = queue;
  const look = useCallback(
    async (target: ReplayTarget) => {
      setState((old) => ({ ...old, problem: null, busy: true }));
      const asked = latest.begin();
      try {
        const body = { vhost, queue: name, select, target, dryRun: true };
        const { plan } = await call<PlanAnswer>('/api/replays', { method: 'POST', body });
        if (latest.is(asked)) setState({ plan, problem: null, busy: false });
      } catch (error) {
        if (latest.is(asked)) setState({ plan: null, problem: problemOf(error), busy: false });
      }
    },
    [vhost, name, select],
  );
  return { ...state, look };
}

/** One dialog is open at a time, so one counter will do. */
const latest = {
  n: 0,
  begin(): number {
    this.n += 1;
    return this.n;
  },
  is(n: number): boolean {
    return n === this.n;
  },
};
