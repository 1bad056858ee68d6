import { count } from '@/app/_ui/format';
import { Panel } from '@/app/_ui/Panel';
import { Time } from '@/app/_ui/Time';
import type { ReplayJob } from '@/lib/model/replay';
import styles from './replay.module.css';

const SHOWN = 30;

/** What the job did and what happened to it, in order. */
export function Steps({ steps }: { steps: ReplayJob['steps'] }) {
  const shown = steps.slice(-SHOWN);
  return (
    <Panel title="Steps" hint="each act is in the audit log before it happens">
      <ol>
        {steps.length > SHOWN ? <li className="li t3">{count(steps.length - SHOWN)} earlier steps</li> : null}
        {shown.map((step, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end
          <li key={i} className={styles.step}>
            <span className="s t3 nw">
              <Time at={step.at} />
            </span>
            <span className="wrap t1">{step.words}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
