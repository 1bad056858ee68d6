'use client';
import { Problem } from '@/app/_ui/Problem';
import type { Problem as ProblemShape } from '@/lib/model/errors';
import type { DeadLetterQueue } from '@/lib/model/replay';
import styles from './dead-letters.module.css';

/** A reading that failed: what is shown all the same is said with it. */
export function ReadingProblem({ problem, queue }: { problem: ProblemShape; queue: DeadLetterQueue }) {
  const known = queue.causes.length > 0 && queue.causesFrom === 'tap';
  const next =
    problem.code === 'forbidden'
      ? `Your user may not read ${queue.queue}.${known ? ' The causes beside are what the dead-letter tap saw.' : ''} An administrator gives the right: rabbitmqctl set_permissions`
      : problem.next;
  return (
    <div className={styles.line}>
      <Problem problem={next === undefined ? problem : { ...problem, next }} />
    </div>
  );
}
