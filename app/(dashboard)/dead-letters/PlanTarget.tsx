'use client';
import { useState } from 'react';
import { useLive } from '@/app/_live/LiveProvider';
import { Input, Labelled } from '@/app/_ui/Field';
import { Segmented } from '@/app/_ui/Segmented';
import { Select } from '@/app/_ui/Select';
import { usePhone } from '@/app/_ui/use-size';
import type { ReplayAct } from '@/lib/model/replay';
import styles from './plan.module.css';
import type { Aim } from './plan-options';

/** Where the copies go. Names take effect when the field is left or on Enter: half a name is no target. */
export function PlanTarget({
  act,
  vhost,
  source,
  aim,
  onAim,
}: {
  act: ReplayAct;
  vhost: string;
  /** The dead-letter queue itself, which is no target. */
  source: string;
  aim: Aim;
  onAim: (aim: Aim) => void;
}) {
  const live = useLive();
  const [draft, setDraft] = useState(aim);
  const take = (next: Aim) => {
    setDraft(next);
    onAim(next);
  };
  const settle = () => {
    if (JSON.stringify(draft) !== JSON.stringify(aim)) onAim(draft);
  };
  const field = (
    name: 'queue' | 'exchange' | 'routingKey',
    label: string,
    more: { hint?: string; list?: string },
  ) => (
    <Labelled label={label} hint={more.hint}>
      {(ids) => (
        <Input
          {...ids}
          mono
          list={more.list}
          value={draft[name]}
          spellCheck={false}
          autoComplete="off"
          onChange={(e) => {
            const next = { ...draft, [name]: e.target.value };
            // a name that was chosen from the list is whole
            if (name === 'queue' && queues.includes(e.target.value)) take(next);
            else setDraft(next);
          }}
          onBlur={settle}
          onKeyDown={(e) => {
            if (e.key !== 'Enter' || JSON.stringify(draft) === JSON.stringify(aim)) return;
            // the plan first: Enter in a changed field must not start what was planned before
            e.preventDefault();
            settle();
          }}
        />
      )}
    </Labelled>
  );
  const queues =
    live?.queues
      .filter((q) => q.vhost === vhost && q.name !== source)
      .slice(0, 500)
      .map((q) => q.name) ?? [];
  return (
    <div>
      {act === 'move' ? null : <Kind value={draft.kind} onChange={(kind) => take({ ...draft, kind })} />}
      {draft.kind === 'origin' || draft.kind === 'first origin' ? null : (
        <div className={styles.aimFields}>
          {draft.kind === 'queue' ? (
            <>
              {field('queue', 'Queue', { list: 'replay-queues' })}
              <datalist id="replay-queues">
                {queues.map((name) => (
                  <option key={name} value={name} />
                ))}
              </datalist>
            </>
          ) : (
            <>
              {field('exchange', 'Exchange', {})}
              {field('routingKey', 'Routing key', { hint: 'empty: the key that each had' })}
            </>
          )}
        </div>
      )}
    </div>
  );
}

const KINDS: { value: Aim['kind']; label: string }[] = [
  { value: 'origin', label: 'Where it died' },
  { value: 'first origin', label: 'First died' },
  { value: 'queue', label: 'One queue' },
  { value: 'exchange', label: 'An exchange' },
];

/** Side by side where there is room, else a list. */
function Kind({ value, onChange }: { value: Aim['kind']; onChange: (kind: Aim['kind']) => void }) {
  const phone = usePhone();
  if (!phone) return <Segmented label="Target" value={value} onChange={onChange} options={KINDS} />;
  return (
    <Select
      aria-label="Target"
      value={value}
      onChange={(e) => {
        const kind = KINDS.find((k) => k.value === e.target.value)?.value;
        if (kind) onChange(kind);
      }}
    >
      {KINDS.map((kind) => (
        <option key={kind.value} value={kind.value}>
          {kind.label}
        </option>
      ))}
    </Select>
  );
}
