import { Check } from '@/app/_ui/Check';
import { Warnings } from '@/app/_ui/Dialog';
import { count, counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Unknown } from '@/app/_ui/Unknown';
import type { Plan } from '@/lib/model/replay';
import styles from './dead-letters.module.css';
import { goesOf } from './selection';

/** The whole plan in two sentences. */
export function PlanSentence({ plan }: { plan: Plan }) {
  const [target, ...more] = plan.targets;
  const goes = goesOf(plan);
  const one = goes === 1;
  if (plan.selected === 0) return null;
  return (
    <p className={styles.lead}>
      {counted(goes, 'message')}
      {plan.exact ? '' : ', as the broker counts them,'} {one ? 'goes' : 'go'} to{' '}
      {!target ? (
        'nowhere'
      ) : more.length > 0 ? (
        `${count(plan.targets.length)} targets, named below`
      ) : target.exchange === '' ? (
        <>
          <b className="mono">{target.routingKey}</b> and nowhere else, through the default exchange
        </>
      ) : (
        <>
          exchange <b className="mono">{target.exchange}</b> with key{' '}
          <b className="mono">{target.routingKey}</b>
        </>
      )}
      . {one ? 'It' : 'Each'} leaves <b className="mono">{plan.queue}</b> only after the broker has confirmed
      its copy.
    </p>
  );
}

/** What stops it first, then what needs consent, then what is good to know. */
export function PlanWarnings({
  plan,
  agreed,
  onAgree,
}: {
  plan: Plan;
  agreed: readonly string[];
  onAgree: (code: string, on: boolean) => void;
}) {
  if (plan.warnings.length === 0) return null;
  return (
    <Warnings>
      {plan.warnings.map((warning) => (
        <li key={`${warning.code} ${warning.words}`}>
          <Glyph
            hop={warning.level === 'refuse' ? 'dead' : 'warn'}
            mode={warning.level === 'note' ? 'hollow' : 'solid'}
            label={{ refuse: 'stops it', consent: 'needs consent', note: 'to know' }[warning.level]}
          />
          <span className="grow wrap">
            {warning.level === 'refuse' ? <b>Cannot start. </b> : null}
            {warning.words}
            {warning.level === 'consent' ? (
              <Check checked={agreed.includes(warning.code)} onChange={(on) => onAgree(warning.code, on)}>
                I agree to this
              </Check>
            ) : null}
          </span>
        </li>
      ))}
    </Warnings>
  );
}

/** Every target with the queues that it reaches now; one target needs no table, the sentence names it. */
export function PlanTargets({ plan }: { plan: Plan }) {
  const [first, ...more] = plan.targets;
  if (!first || (more.length === 0 && first.reaches.length === 1)) return null;
  return (
    <>
      <h2>Targets</h2>
      <ul className={styles.targets}>
        {plan.targets.map((target) => (
          <li key={`${target.exchange} ${target.routingKey}`}>
            <span className="row">
              <b className="mono cut grow">
                {target.exchange === '' ? target.routingKey : `${target.exchange} · ${target.routingKey}`}
              </b>
              <span className="t3 nw">
                {target.messages === null ? 'some of them' : counted(target.messages, 'message')}
              </span>
            </span>
            <span className="s t3">
              {target.reaches.length === 0
                ? 'reaches no queue'
                : target.reaches
                    .map(
                      (q) =>
                        `${q.queue}, ${q.type}${q.consumers === null ? '' : `, ${counted(q.consumers, 'consumer')}`}${q.depth === null ? '' : `, depth ${count(q.depth)}`}`,
                    )
                    .join('; ')}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What is not as it was, and that all else is. */
export function PlanChanges({ plan }: { plan: Plan }) {
  return (
    <>
      <h2>What changes</h2>
      <table className={styles.changes}>
        <tbody>
          {plan.changes.map((change) => (
            <tr key={change.field}>
              <td className="t1">
                <code>{change.field}</code> {change.words}
              </td>
              <td className="s t3 num">
                {change.messages === null ? (
                  <Unknown word="not counted" reason="only the first messages were read" />
                ) : (
                  `${count(change.messages)} of ${count(plan.selected)}`
                )}
              </td>
            </tr>
          ))}
          <tr>
            <td className="t1">Body, other properties and headers stay</td>
            <td className="s t3 num">byte for byte</td>
          </tr>
          <tr>
            <td className="t1">Order {plan.keepsOrder ? 'is kept' : 'is not kept'}</td>
            <td className="s t3 num">{plan.keepsOrder ? 'one at a time' : '100 in flight'}</td>
          </tr>
        </tbody>
      </table>
    </>
  );
}
