'use client';
import { useLive } from '@/app/_live/LiveProvider';
import { useVhost } from '@/app/_live/scope';
import { cx } from '@/app/_ui/cx';
import { Empty } from '@/app/_ui/Empty';
import { count, counted } from '@/app/_ui/format';
import { Glyph } from '@/app/_ui/Glyph';
import { Panel } from '@/app/_ui/Panel';
import { Bars, Spark } from '@/app/_ui/Spark';
import { Unknown } from '@/app/_ui/Unknown';
import { queueKey } from '@/lib/model/names';
import type { DeadLetterQueue } from '@/lib/model/replay';
import { reasonWords } from '../_parts/reason';
import styles from './dead-letters.module.css';
import { Growth } from './Growth';
import { growthOf } from './growth';
import { byMute } from './mutes';
import { useMinute } from './use-minute';

/** Every queue in which dead letters end, the fullest first: where they come from, the main causes, how fast it grows. */
export function QueueList({
  queues,
  onOpen,
  stale,
}: {
  queues: readonly DeadLetterQueue[];
  onOpen: (queue: DeadLetterQueue) => void;
  stale: boolean;
}) {
  const vhost = useVhost();
  const live = useLive();
  const now = useMinute();
  const lying = live?.deadLetters ?? 0;
  if (queues.length === 0)
    return (
      <Panel label="Dead-letter queues">
        {lying > 0 && vhost === null ? (
          <Empty title="You may read no dead-letter queue">
            {counted(lying, 'message')} {lying === 1 ? 'lies' : 'lie'} in dead-letter queues for which your
            user has no read permission. An administrator gives it: <code>rabbitmqctl set_permissions</code>.
          </Empty>
        ) : (
          <Empty title="No queue gets dead letters">
            A queue stands here when another queue's dead letters reach it: set{' '}
            <code>x-dead-letter-exchange</code> on a queue, or a policy with <code>dead-letter-exchange</code>
            , and bind a queue to that exchange. No naming rule is needed.
          </Empty>
        )}
      </Panel>
    );
  const depths = new Map(live?.queues.map((q) => [queueKey(q.vhost, q.name), q.spark]));
  return (
    <Panel title="Queues" count={count(queues.length)} hint="found from DLX arguments, policies and bindings">
      <ul className={cx(stale && 'stale')}>
        {queues.map((queue) => {
          const spark = depths.get(queueKey(queue.vhost, queue.queue)) ?? [];
          return (
            <li key={queueKey(queue.vhost, queue.queue)} className={styles.queue}>
              <button type="button" className={styles.open} onClick={() => onOpen(queue)}>
                <Glyph hop={queue.messages ? 'dead' : 'settled'} />
                <span className="grow">
                  <span className="row">
                    <b className="mono cut">{queue.queue}</b>
                    <span className="t3 nw">
                      {queue.type}
                      {queue.vhost === '/' ? '' : `, vhost ${queue.vhost}`}
                      {queue.consumers ? `, ${counted(queue.consumers, 'consumer')}` : ''}
                    </span>
                  </span>
                  <span className="s t3 wrap">from {originsOf(queue)}</span>
                </span>
                <span className={cx('grow wide', styles.causesOf)}>
                  <MainCauses queue={queue} now={now} />
                </span>
                <span className="wide">
                  {spark.some((d) => d !== null) ? (
                    <Spark values={spark} hue="dead" width={64} height={18} />
                  ) : (
                    <Bars values={queue.causes[0]?.trend ?? []} width={64} height={14} />
                  )}
                </span>
                <span className={cx('num', styles.figure)}>
                  <span className="t1">
                    {queue.messages === null ? (
                      <Unknown reason="the broker does not say how many lie there" />
                    ) : (
                      count(queue.messages)
                    )}
                  </span>
                  <span className="s t3 nw">
                    <Growth grown={growthOf(spark)} />
                  </span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function originsOf(queue: DeadLetterQueue): string {
  const names = [...new Set(queue.origins.map((o) => o.queue))];
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${count(names.length - 3)} more` : shown;
}

function MainCauses({ queue, now }: { queue: DeadLetterQueue; now: number }) {
  if (queue.messages === 0) return <span className="t3">empty</span>;
  if (queue.causes.length === 0)
    return <Unknown word="causes not known" reason={queue.causesNote ?? 'the messages were not read yet'} />;
  const { heard, muted } = byMute(queue.causes, queue.notes, now);
  const more = heard.length - 2;
  return (
    <>
      {heard.slice(0, 2).map((cause) => (
        <span key={cause.key} className="row">
          <span className="cut">
            <span className="t1">{cause.error ?? reasonWords(cause.reason)}</span>{' '}
            <span className="t3">{cause.originQueue}</span>
          </span>
          <span className="t3 nw">{count(cause.count)}</span>
        </span>
      ))}
      {more > 0 || muted.length > 0 ? (
        <span className="t3">
          {[
            more > 0 ? `${counted(more, 'more cause')}` : '',
            muted.length > 0 ? `${count(muted.length)} muted` : '',
          ]
            .filter(Boolean)
            .join(', ')}
        </span>
      ) : null}
    </>
  );
}
