import { count, counted } from '@/app/_ui/format';
import { Source } from '@/app/_ui/Source';
import { Unknown } from '@/app/_ui/Unknown';
import type { Plan, ReplayAct } from '@/lib/model/replay';
import styles from './plan.module.css';
import { changeOf, goesOf } from './plan-words';

/** The whole plan in two sentences. */
export function PlanSentence({ plan, act }: { plan: Plan; act: ReplayAct }) {
  const goes = goesOf(plan);
  const one = goes === 1;
  if (plan.selected === 0) return null;
  const them = `${counted(goes, 'message')}${plan.exact ? '' : ', as the broker counts them,'}`;
  if (act === 'delete')
    return (
      <p className={styles.lead}>
        {them} {one ? 'is' : 'are'} written to a file, then taken out of <b className="mono">{plan.queue}</b>.
        None leaves the queue before its line is on disk, and none is dead-lettered again.
      </p>
    );
  return (
    <p className={styles.lead}>
      {them} {one ? 'goes' : 'go'} to <Where plan={plan} />. {one ? 'It' : 'Each'} leaves{' '}
      <b className="mono">{plan.queue}</b> only after the broker has confirmed its copy
      {act === 'move' ? ', and is kept as it is: nothing of it is set, moved or followed' : ''}.
    </p>
  );
}

function Where({ plan }: { plan: Plan }) {
  const [target, ...more] = plan.targets;
  if (!target) return 'nowhere';
  if (more.length > 0) return `${count(plan.targets.length)} targets, named below`;
  if (target.exchange === '')
    return (
      <>
        <b className="mono">{target.routingKey}</b> and nowhere else, through the default exchange
      </>
    );
  return (
    <>
      exchange <b className="mono">{target.exchange}</b> with key <b className="mono">{target.routingKey}</b>
    </>
  );
}

/** Every target with the queues that it reaches now; one target needs no table, the sentence and the drawing name it. */
export function PlanTargets({ plan }: { plan: Plan }) {
  const [first, ...more] = plan.targets;
  const drawn = more.length === 0 && first?.reaches.length === 1 && first.mayWrite !== 'no';
  if (!first || drawn) return null;
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
            {target.mayWrite === 'no' ? (
              <span className="s dead ink">You may not write there: the broker would refuse it. </span>
            ) : null}
            <span className="s t3">
              {target.reaches.length === 0 ? 'reaches no queue' : target.reaches.map(reachWords).join('; ')}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

const reachWords = (q: Plan['targets'][number]['reaches'][number]): string =>
  [
    q.queue,
    q.type,
    q.consumers === null ? 'consumers unknown' : counted(q.consumers, 'consumer'),
    q.depth === null ? 'depth unknown' : `depth ${count(q.depth)}`,
  ].join(', ');

/** What stays where it is, and by what evidence the others are sent where they go. */
export function PlanStays({ plan }: { plan: Plan }) {
  if (plan.stays.length === 0) return null;
  return (
    <>
      <h2>What stays</h2>
      <table className={styles.changes}>
        <tbody>
          {plan.stays.map((stay) => (
            <tr key={stay.words}>
              <td className="t1 wrap">{stay.words}</td>
              <td className="s t3 num">{counted(stay.messages, 'message')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** From what the queue that each died in was read: the broker does not say it, so it is a guess that can be seen. */
export function PlanOrigins({ plan }: { plan: Plan }) {
  if (plan.origins.length === 0) return null;
  return (
    <>
      <h2>How we know where they died</h2>
      <ul className={styles.targets}>
        {plan.origins.map((origin) => (
          <li key={`${origin.queue} ${origin.evidence}`} className={styles.origin}>
            <Source kind="inferred" how="read off the headers of the dead letters" />
            <span className="grow wrap">
              {origin.queue === '' ? null : (
                <>
                  <b className="mono">{origin.queue}</b> by{' '}
                </>
              )}
              {origin.evidence}
            </span>
            <span className="s t3 nw">{counted(origin.messages, 'message')}</span>
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
          {plan.changes.map((change) => {
            const { verb, rest } = changeOf(change.words);
            return (
              <tr key={`${change.field} ${change.words}`}>
                <th scope="row">{verb}</th>
                <td className="t1">
                  <code>{change.field}</code> <span className="t2">{rest}</span>
                </td>
                <td className="s t3 num">
                  {change.messages === null ? (
                    <Unknown word="not counted" reason="only the first messages were read" />
                  ) : (
                    `${count(change.messages)} of ${count(plan.selected)}`
                  )}
                </td>
              </tr>
            );
          })}
          <tr>
            <th scope="row">Keep</th>
            <td className="t1">
              {plan.changes.length > 0 ? 'all other properties, headers, body' : 'everything'}
            </td>
            <td className="s t3 num">byte for byte</td>
          </tr>
          <tr>
            <th scope="row">Order</th>
            <td className="t1">{plan.keepsOrder ? 'kept' : 'not kept'}</td>
            <td className="s t3 num">{plan.keepsOrder ? 'one at a time' : 'many in flight'}</td>
          </tr>
        </tbody>
      </table>
    </>
  );
}
