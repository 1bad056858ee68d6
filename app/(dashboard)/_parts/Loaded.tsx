'use client';
import type { ReactNode } from 'react';
import type { ApiState } from '@/app/_live/query';
import { Button } from '@/app/_ui/Button';
import { Problem } from '@/app/_ui/Problem';

/**
 * The states that every reading has: on its way (the page's shape), refused or failed (in words, with a retry), there,
 * and there but no longer renewed (the last good answer stays, with a line that says so).
 */
export function Loaded<T>({
  state,
  title,
  skeleton,
  children,
}: {
  state: ApiState<T>;
  /** The page's heading, kept when nothing could be read. */
  title?: string;
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const again = (
    <Button small onClick={state.again}>
      Read again
    </Button>
  );
  if (state.data === undefined)
    return state.problem ? (
      <>
        {title ? (
          <div className="pagehead">
            <h1>{title}</h1>
          </div>
        ) : null}
        <Problem problem={state.problem} action={again} />
      </>
    ) : (
      skeleton
    );
  return (
    <>
      {state.problem ? (
        <div style={{ marginBottom: 12 }}>
          <Problem
            problem={{ ...state.problem, notDone: undefined, next: 'What is shown below is the last answer' }}
            action={again}
          />
        </div>
      ) : null}
      {children(state.data)}
    </>
  );
}
