'use client';
import { useState } from 'react';
import { useAct } from '@/app/_live/query';
import { Button } from '@/app/_ui/Button';
import { Check } from '@/app/_ui/Check';
import { bytes, counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { PlanDialog, Warnings } from '@/app/_ui/PlanDialog';
import { Problem } from '@/app/_ui/Problem';
import { Select } from '@/app/_ui/Select';
import { Time } from '@/app/_ui/Time';
import type { PurgeAnswer } from '@/lib/model/api';
import type { StoreStatus } from '@/lib/model/live';
import styles from './status.module.css';
import { purgeWords } from './words';

const AGES = [
  { ms: null, label: 'Everything' },
  { ms: 3_600_000, label: 'Older than an hour' },
  { ms: 86_400_000, label: 'Older than a day' },
  { ms: 7 * 86_400_000, label: 'Older than a week' },
] as const;

/** What is forgotten for good, before it is. */
export function PurgeDialog({
  store,
  onClose,
  onDone,
}: {
  store: StoreStatus;
  onClose: () => void;
  onDone: (receipt: string) => void;
}) {
  const [choice, setChoice] = useState(0);
  const [agreed, setAgreed] = useState(false);
  // as it was when the dialog opened: the plan must not move while it is read
  const [{ facts, oldestAt, size, now }] = useState(() => ({ ...store, size: store.bytes, now: Date.now() }));
  // biome-ignore lint/suspicious/noThenProperty: the name of an option, nobody awaits it
  const purge = useAct<PurgeAnswer>('/api/capture/purge', { then: [['capture'], ['journeys']] });
  const age = AGES[choice]?.ms ?? null;
  const before = age === null ? null : now - age;
  const empty = before !== null && oldestAt !== null && oldestAt >= before;
  const reason = empty ? 'nothing is that old' : agreed ? undefined : 'agree to the warning first';
  const go = async () => {
    if (reason) return;
    const answer = await purge.act({ before });
    if (!answer) return;
    onDone(answer.words);
    onClose();
  };
  return (
    <PlanDialog
      title="Forget facts"
      hint="nothing is forgotten yet"
      onClose={onClose}
      onSubmit={() => void go()}
      actions={
        <Button type="submit" look="danger" reason={reason} busy={purge.busy}>
          {before === null ? `Forget ${counted(facts, 'fact')}` : 'Forget older facts'}
        </Button>
      }
    >
      {purge.problem ? <Problem problem={purge.problem} /> : null}
      <div className="row">
        <Select
          aria-label="What to forget"
          value={String(choice)}
          onChange={(event) => {
            setChoice(Number(event.target.value));
            setAgreed(false);
          }}
        >
          {AGES.map(({ label }, i) => (
            <option key={label} value={String(i)}>
              {label}
            </option>
          ))}
        </Select>
      </div>
      <p className={styles.lead}>
        {empty ? (
          'Nothing that is stored is that old.'
        ) : (
          <>
            {purgeWords(facts, before === null)} ({bytes(size)} in all
            {oldestAt === null ? null : (
              <>
                , the oldest of <Time at={oldestAt} />
              </>
            )}
            ) go, and with them every journey, death count, latency and broker event that was made of them
            {before === null ? null : (
              <>
                {' '}
                before <Time at={before} />
              </>
            )}
            . How many that were, the receipt says.
          </>
        )}
      </p>
      <Warnings>
        <li>
          <Glyph hop="warn" label="needs consent" />
          <span className="grow wrap">
            This cannot be undone, and it is for everybody and every vhost. Messages on the broker, replays
            with their receipts and the audit log stay.
            <Check checked={agreed} onChange={setAgreed}>
              Forget them for good
            </Check>
          </span>
        </li>
      </Warnings>
    </PlanDialog>
  );
}
