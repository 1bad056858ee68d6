'use client';
import { Input, Labelled } from '@/app/_ui/Field';
import { counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Warnings } from '@/app/_ui/PlanDialog';
import type { Plan, PlanWarning } from '@/lib/model/replay';
import styles from './plan.module.css';
import { headOf } from './plan-words';

const LABEL = { refuse: 'stops it', consent: 'needs consent', note: 'to know' } as const;

export const consentsOf = (plan: Plan | null): string[] => [
  ...new Set(plan?.warnings.filter((w) => w.level === 'consent').map((w) => w.code)),
];

/**
 * What stops it first, then what could lose messages, then what is good to know. Consent is typed: the queue's name, since a
 * click is too quick where messages could be lost.
 */
export function PlanWarnings({
  plan,
  typed,
  onType,
}: {
  plan: Plan;
  typed: string;
  onType: (typed: string) => void;
}) {
  if (plan.warnings.length === 0) return null;
  const consents = plan.warnings.filter((w) => w.level === 'consent').length;
  const refused = plan.warnings.some((w) => w.level === 'refuse');
  return (
    <Warnings>
      {plan.warnings.map((warning) => (
        <Warning key={`${warning.code} ${warning.words}`} warning={warning} />
      ))}
      {consents > 0 && !refused ? (
        <li className={styles.consent}>
          <Labelled
            label={
              <span className="t1">
                {counted(consents, 'warning')} above {consents === 1 ? 'needs' : 'need'} your consent. Type{' '}
                <b className="mono">{plan.queue}</b> to give it.
              </span>
            }
          >
            {(ids) => (
              <Input
                {...ids}
                mono
                value={typed}
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                onChange={(e) => onType(e.target.value)}
              />
            )}
          </Labelled>
        </li>
      ) : null}
    </Warnings>
  );
}

function Warning({ warning }: { warning: PlanWarning }) {
  const [head, rest] = headOf(warning.words);
  return (
    <li>
      <Glyph
        hop={warning.level === 'refuse' ? 'dead' : 'warn'}
        mode={warning.level === 'note' ? 'hollow' : 'solid'}
        label={LABEL[warning.level]}
      />
      <span className="grow wrap">
        {warning.level === 'refuse' ? <b>Cannot start. </b> : null}
        <b>{head}</b> {rest}
      </span>
    </li>
  );
}
