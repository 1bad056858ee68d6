'use client';
import { type FormEvent, useState } from 'react';
import { useAct } from '@/app/_live/query';
import { Button } from '@/app/_ui/Button';
import { Input, Labelled } from '@/app/_ui/Field';
import { percent } from '@/app/_ui/format';
import { Panel } from '@/app/_ui/Panel';
import { Problem } from '@/app/_ui/Problem';
import { Segmented } from '@/app/_ui/Segmented';
import type { CaptureAnswer } from '@/lib/model/api';
import type { CaptureSettings } from '@/lib/model/capture';
import styles from './status.module.css';
import { bodyWords, NEEDS_ADMINISTRATOR } from './words';

interface Draft {
  sampling: string;
  mode: CaptureSettings['body']['mode'];
  kib: string;
  days: string;
  gib: string;
}

const GIB = 2 ** 30;
const short = (n: number) => String(Number(n.toPrecision(6)));

function draftOf(s: CaptureSettings): Draft {
  return {
    sampling: short(s.sampling * 100),
    mode: s.body.mode,
    kib: short(s.body.firstBytes / 1024),
    days: short(s.retention.days),
    gib: short(s.retention.bytes / GIB),
  };
}

const same = (a: Draft, b: Draft) => JSON.stringify(a) === JSON.stringify(b);

/** Sampling, bodies and retention: a form that changes nothing until its button is pressed. */
export function Kept({ data }: { data: CaptureAnswer }) {
  const holds = draftOf(data.settings);
  // null: nobody has changed anything, what holds is shown
  const [typed, setTyped] = useState<Draft | null>(null);
  const draft = typed ?? holds;
  // biome-ignore lint/suspicious/noThenProperty: the name of an option, nobody awaits it
  const change = useAct<CaptureAnswer>('/api/capture', { then: [['capture']] });
  const set = (part: Partial<Draft>) => setTyped({ ...draft, ...part });
  const reason = data.mayChange
    ? same(draft, holds)
      ? 'nothing is changed'
      : undefined
    : NEEDS_ADMINISTRATOR;
  const apply = async (event: FormEvent) => {
    event.preventDefault();
    if (reason) return;
    const settings: CaptureSettings = {
      ...data.settings,
      sampling: Number(draft.sampling) / 100,
      body: { mode: draft.mode, firstBytes: Math.round(Number(draft.kib) * 1024) },
      retention: { days: Number(draft.days), bytes: Math.round(Number(draft.gib) * GIB) },
    };
    if (await change.act({ settings })) setTyped(null);
  };
  const environment = data.defaults;
  return (
    <Panel title="What is kept" hint="of what is listened to" pad>
      <form className={styles.kept} onSubmit={(event) => void apply(event)}>
        <fieldset className={styles.plain} disabled={!data.mayChange}>
          <Labelled
            label="Journeys, %"
            hint={
              data.settings.sampling < 1
                ? `Now ${percent(data.settings.sampling)} of the journeys are kept, chosen by their ID: whole ones or none.`
                : 'All of them. Less: whole journeys or none, chosen by their ID.'
            }
          >
            {(ids) => (
              <Input
                {...ids}
                type="number"
                min={0.01}
                max={100}
                step="any"
                required
                width={110}
                value={draft.sampling}
                onChange={(event) => set({ sampling: event.target.value })}
              />
            )}
          </Labelled>
          <div className={styles.pair}>
            <div>
              <span className="s t3">Bodies</span>
              <Segmented
                label="Bodies"
                value={draft.mode}
                onChange={(mode) => set({ mode })}
                options={[
                  { value: 'off', label: 'None' },
                  { value: 'first', label: 'First KiB' },
                  { value: 'full', label: 'Whole' },
                ]}
              />
            </div>
            {draft.mode === 'first' ? (
              <Labelled label="KiB of each">
                {(ids) => (
                  <Input
                    {...ids}
                    type="number"
                    min={0.001}
                    max={16_384}
                    step="any"
                    required
                    width={110}
                    value={draft.kib}
                    onChange={(event) => set({ kib: event.target.value })}
                  />
                )}
              </Labelled>
            ) : null}
          </div>
          <div className={styles.pair}>
            <Labelled label="Days at most">
              {(ids) => (
                <Input
                  {...ids}
                  type="number"
                  min={0.001}
                  max={3_650}
                  step="any"
                  required
                  width={110}
                  value={draft.days}
                  onChange={(event) => set({ days: event.target.value })}
                />
              )}
            </Labelled>
            <Labelled label="GiB at most">
              {(ids) => (
                <Input
                  {...ids}
                  type="number"
                  min={0.015625}
                  step="any"
                  required
                  width={110}
                  value={draft.gib}
                  onChange={(event) => set({ gib: event.target.value })}
                />
              )}
            </Labelled>
          </div>
        </fieldset>
        {change.problem ? <Problem quiet problem={change.problem} /> : null}
        <div className="row">
          <span className="s t3 grow wrap">
            By the environment: {percent(environment.sampling)} of the journeys; bodies{' '}
            {bodyWords(environment)}; {short(environment.retention.days)} days,{' '}
            {short(environment.retention.bytes / GIB)} GiB.
          </span>
          {typed && !same(draft, holds) ? <Button onClick={() => setTyped(null)}>Undo</Button> : null}
          <Button type="submit" look="primary" reason={reason} busy={change.busy}>
            Keep it so
          </Button>
        </div>
      </form>
    </Panel>
  );
}
