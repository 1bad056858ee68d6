'use client';
import { useState } from 'react';
import { Check } from '@/app/_ui/Check';
import { Input, Labelled, Switch } from '@/app/_ui/Field';
import { Segmented } from '@/app/_ui/Segmented';
import type { Plan, ReplayAct } from '@/lib/model/replay';
import { PlanTarget } from './PlanTarget';
import styles from './plan.module.css';
import { brakeWords, type Options, paceWords } from './plan-options';
import { goesOf } from './plan-words';

interface Props {
  act: ReplayAct;
  vhost: string;
  source: string;
  plan: Plan | null;
  options: Options;
  onChange: (options: Options) => void;
  /** The field whose value will not do, and why. */
  wrong: { field: string; words: string } | null;
  tapOn: boolean;
}

/** Where they go, how many first, how fast, when it stops by itself; what is seldom needed is folded away. */
export function PlanHow(props: Props) {
  const { act, options: o, onChange, wrong, plan, tapOn } = props;
  const set = (change: Partial<Options>) => onChange({ ...o, ...change });
  const goes = plan ? goesOf(plan) : 0;
  const figure = (
    label: string,
    value: string,
    onValue: (value: string) => void,
    field: string,
    width = 64,
  ) => (
    <Input
      type="number"
      inputMode="decimal"
      min={1}
      step="any"
      width={width}
      aria-label={label}
      aria-invalid={wrong?.field === field || undefined}
      value={value}
      onChange={(e) => onValue(e.target.value)}
    />
  );
  if (act === 'delete') return <Why options={o} set={set} />;
  return (
    <>
      <h2>How</h2>
      <div className={styles.aims}>
        <span className="t2">{act === 'move' ? 'Into' : 'Target'}</span>
        <PlanTarget
          act={act}
          vhost={props.vhost}
          source={props.source}
          aim={o.aim}
          onAim={(aim) => set({ aim })}
        />
        {act === 'replay' && goes > 1 ? (
          <>
            <span className="t2">Canary</span>
            <span className={styles.words}>
              <Switch
                label="Send the first alone and wait for them"
                checked={o.canary.on}
                onChange={(on) => set({ canary: { ...o.canary, on } })}
              />
              {o.canary.on ? (
                <>
                  first
                  {figure(
                    'Messages of the canary',
                    o.canary.messages,
                    (messages) => set({ canary: { ...o.canary, messages } }),
                    'canary',
                    52,
                  )}
                  wait until settled, at most
                  {figure(
                    'Seconds that each of them is waited for',
                    o.canary.wait,
                    (wait) => set({ canary: { ...o.canary, wait } }),
                    'canary',
                    52,
                  )}
                  s
                </>
              ) : (
                <span className="t3 s">
                  {tapOn ? 'all go at once' : 'the tap is off: nobody would see what becomes of the first'}
                </span>
              )}
            </span>
          </>
        ) : null}
        <span className="t2">Rate</span>
        <span className={styles.words}>
          {figure('Messages per second at most', o.rate, (rate) => set({ rate }), 'rate')}
          /s <span className="t3 s">{paceWords(plan, o.rate, goes)}</span>
        </span>
        {act === 'replay' && goes > 1 ? (
          <>
            <span className="t2">Brake</span>
            <span className={styles.words}>
              <Switch
                label="Pause by itself"
                checked={o.brake.on}
                onChange={(on) => set({ brake: { ...o.brake, on } })}
              />
              {o.brake.on ? (
                <>
                  when
                  {figure(
                    'Pause when so many died again',
                    o.brake.diedAgain,
                    (diedAgain) => set({ brake: { ...o.brake, diedAgain } }),
                    'brake',
                    52,
                  )}
                  die again, or depth over
                  {figure(
                    'Pause at a depth over',
                    o.brake.depth,
                    (depth) => set({ brake: { ...o.brake, depth } }),
                    'brake',
                    68,
                  )}
                </>
              ) : (
                <span className="t3 s">{brakeWords({ ...o.brake, diedAgain: '', depth: '' })}</span>
              )}
            </span>
          </>
        ) : null}
      </div>
      {wrong && wrong.field !== 'target' ? (
        <p className="s dead ink" role="alert">
          {wrong.words}
        </p>
      ) : null}
      <More {...props} set={set} figure={figure} />
    </>
  );
}

type Set = (change: Partial<Options>) => void;
type Figure = (
  label: string,
  value: string,
  onValue: (value: string) => void,
  field: string,
  width?: number,
) => React.ReactNode;

/** Order, expiration, persistence, ceiling: each only where it can matter for these messages. */
function More({ act, plan, options: o, set, figure }: Props & { set: Set; figure: Figure }) {
  const codes = plan?.warnings.map((w) => w.code) ?? [];
  // once offered it stays: choosing it makes the warning go
  const [seen, setSeen] = useState({ expiration: false, transient: false });
  const expiration =
    seen.expiration || codes.some((c) => c.startsWith('expiration')) || o.expiration !== 'keep';
  const transient = seen.transient || codes.includes('transient') || o.persistent;
  if (expiration !== seen.expiration || transient !== seen.transient) setSeen({ expiration, transient });
  const goes = plan ? goesOf(plan) : 0;
  return (
    <div className={styles.more}>
      {transient ? (
        <Check checked={o.persistent} onChange={(persistent) => set({ persistent })}>
          Send the copies persistent, so that they outlive a restart of the broker
        </Check>
      ) : null}
      {expiration ? (
        <span className={styles.words}>
          Expiration
          <Segmented
            label="Expiration"
            value={o.expiration}
            onChange={(next) => set({ expiration: next })}
            options={[
              { value: 'keep', label: 'as it is' },
              { value: 'drop', label: 'none' },
              { value: 'original', label: 'as before its death' },
            ]}
          />
        </span>
      ) : null}
      {goes > 1 ? (
        <Check checked={o.keepOrder} onChange={(keepOrder) => set({ keepOrder })}>
          Keep the order: one at a time, much slower
        </Check>
      ) : null}
      <details className={styles.fold}>
        <summary>More</summary>
        {o.canary.on ? (
          <Check checked={o.canary.goOn} onChange={(goOn) => set({ canary: { ...o.canary, goOn } })}>
            Go on by itself when the canary was settled
          </Check>
        ) : null}
        {act === 'replay' ? (
          <span className={styles.words}>
            What was replayed
            {figure(
              'Most replays of one message',
              o.maxReplays,
              (maxReplays) => set({ maxReplays }),
              'maxReplays',
              60,
            )}
            times already stays
          </span>
        ) : null}
        <Why options={o} set={set} />
      </details>
    </div>
  );
}

function Why({ options: o, set }: { options: Options; set: Set }) {
  return (
    <div className={styles.why}>
      <Labelled label="Why, for the audit log">
        {(ids) => (
          <Input
            {...ids}
            maxLength={500}
            value={o.reason}
            placeholder="psp is back since 10:40"
            onChange={(e) => set({ reason: e.target.value })}
          />
        )}
      </Labelled>
    </div>
  );
}
