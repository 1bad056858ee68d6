'use client';
import Link from 'next/link';
import { useEffect, useRef } from 'react';
import { useHref } from '@/app/_live/scope';
import { cx } from '@/app/_ui/cx';
import { count } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import { Time } from '@/app/_ui/Time';
import type { ReplayJob } from '@/lib/model/replay';
import styles from './replay.module.css';
import { signOf } from './step-words';

const SHOWN = 30;

/** What the job did and what happened to it, in order. */
export function Steps({ steps }: { steps: ReplayJob['steps'] }) {
  const href = useHref();
  const shown = steps.slice(-SHOWN);
  const list = useRef<HTMLOListElement>(null);
  const latest = steps.at(-1)?.at;
  // the last step says how it stands; whoever reads further up is left there
  useEffect(() => {
    const el = list.current;
    if (latest !== undefined && el && !el.matches(':hover, :focus')) el.scrollTop = el.scrollHeight;
  }, [latest]);
  return (
    <Panel
      title="Steps"
      more={
        <span className="s t3">
          each act is in{' '}
          <Link className={cx('link', styles.audit)} href={href('/audit')}>
            Audit
          </Link>
        </span>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <ol ref={list} className={styles.steps} tabIndex={0}>
        {steps.length > SHOWN ? <li className="li t3">{count(steps.length - SHOWN)} earlier steps</li> : null}
        {shown.map((step, i) => {
          const sign = signOf(step.words);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end
            <li key={i} className={styles.step}>
              <Glyph hop={sign} mode={sign === 'published' ? 'hollow' : 'solid'} />
              <span className="s t3 nw">
                <Time at={step.at} />
              </span>
              <span className="wrap t1">{step.words}</span>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}
