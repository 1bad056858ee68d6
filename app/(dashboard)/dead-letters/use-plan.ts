'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { call, problemOf } from '@/app/_live/api';
import type { PlanAnswer } from '@/lib/model/api';
import type { Problem } from '@/lib/model/errors';
import type { Plan, ReplayRequest } from '@/lib/model/replay';

/** How long options may go on changing before the plan is made anew, ms. */
const PAUSE = 300;

export interface Planning {
  /** The last plan; it stays in sight while the next one is made, and when that fails. */
  plan: Plan | null;
  problem: Problem | null;
  busy: boolean;
  /** The options have changed since `plan` was made. */
  stale: boolean;
  /**
   * Planning costs the messages a life here, so it waits to be told: call `again`. Null where it plans by itself.
   */
  waits: string | null;
  again: () => void;
}

/**
 * Asks for the plan, and again when `request` changes (null: the target is not named yet). Only the latest answer counts.
 * Where reading uses up a life of each message, only the first plan is made unasked.
 */
export function usePlan(request: Partial<ReplayRequest> | null): Planning {
  const wanted = request && JSON.stringify({ ...request, dryRun: true });
  const [state, setState] = useState<{
    plan: Plan | null;
    of: string | null;
    problem: Problem | null;
    busy: boolean;
  }>({
    plan: null,
    of: null,
    problem: null,
    busy: false,
  });
  const asking = useRef<AbortController>(null);
  const look = useCallback(async (body: string) => {
    asking.current?.abort();
    const mine = new AbortController();
    asking.current = mine;
    setState((old) => ({ ...old, problem: null, busy: true }));
    try {
      const { plan } = await call<PlanAnswer>('/api/replays', {
        method: 'POST',
        body: JSON.parse(body),
        signal: mine.signal,
      });
      if (!mine.signal.aborted) setState({ plan, of: body, problem: null, busy: false });
    } catch (error) {
      if (!mine.signal.aborted) setState((old) => ({ ...old, problem: problemOf(error), busy: false }));
    }
  }, []);
  const costs = state.plan?.reading.level === 'counts';
  const settled = wanted === state.of;
  useEffect(() => {
    if (wanted === null || settled || costs) return;
    const timer = setTimeout(() => void look(wanted), state.of === null ? 0 : PAUSE);
    return () => clearTimeout(timer);
  }, [wanted, settled, costs, state.of, look]);
  useEffect(() => () => asking.current?.abort(), []);
  return {
    plan: state.plan,
    problem: state.problem,
    busy: state.busy,
    stale: state.plan !== null && !settled,
    waits: costs && !settled && wanted !== null ? 'Planning again reads the messages once more.' : null,
    again: () => {
      if (wanted !== null) void look(wanted);
    },
  };
}
